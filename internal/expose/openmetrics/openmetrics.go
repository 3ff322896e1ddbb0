// Package openmetrics writes the history of figures as OpenMetrics text, which
// promtool loads into Prometheus, so that years show on the first day.
package openmetrics

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Evaluator computes the figures of a point in time.
type Evaluator interface {
	Findings(ctx context.Context, at store.Point) ([]finding.Finding, error)
}

// Range is the stretch of time to write and how often.
type Range struct {
	From, To time.Time
	// Months steps by calendar month when it is not 0, else Step applies.
	Months int
	Step   time.Duration
	// KnownAt is the knowledge the history is computed with; zero is now.
	KnownAt time.Time
}

// ErrRange is returned for a range that is empty or has no step.
var ErrRange = errors.New("the range is empty or has no step")

// ParseStep reads "1mo", "7d" or "24h".
func ParseStep(s string) (months int, step time.Duration, err error) {
	if n, ok := strings.CutSuffix(s, "mo"); ok {
		if months, err = strconv.Atoi(n); err == nil && months > 0 && months <= 120 {
			return months, 0, nil
		}
	} else if n, ok := strings.CutSuffix(s, "d"); ok {
		if days, err := strconv.Atoi(n); err == nil && days > 0 && days <= 3660 {
			return 0, time.Duration(days) * 24 * time.Hour, nil
		}
	} else if step, err = time.ParseDuration(s); err == nil && step >= time.Minute {
		return 0, step, nil
	}
	return 0, 0, fmt.Errorf("%q is not a step; write for example 1mo, 7d or 24h", s)
}

// Points lists the instants of the range, oldest first. Month steps are counted
// from From, so the 31st becomes the last day of shorter months.
func (r Range) Points() ([]time.Time, error) {
	if r.From.After(r.To) || (r.Months <= 0 && r.Step <= 0) {
		return nil, ErrRange
	}
	var out []time.Time
	for i := 0; ; i++ {
		t := r.From.Add(time.Duration(i) * r.Step)
		if r.Months > 0 {
			t = addMonths(r.From, i*r.Months)
		}
		if t.After(r.To) {
			return out, nil
		}
		out = append(out, t)
	}
}

func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// Write evaluates every point of the range and writes all series, family by
// family as the format asks. One family at a time stands in a temporary file,
// not in memory. progress is called after each point.
func Write(ctx context.Context, w io.Writer, e Evaluator, r Range, progress func(done, total int)) (err error) {
	points, err := r.Points()
	if err != nil {
		return err
	}
	fams := families{}
	defer func() { err = errors.Join(err, fams.close()) }()
	for i, t := range points {
		fs, err := e.Findings(ctx, store.Point{AsOf: t, KnownAt: r.KnownAt})
		if err != nil {
			return fmt.Errorf("evaluating %s: %w", t.Format(time.RFC3339), err)
		}
		for _, s := range metrics.Samples(fs) {
			if err := fams.add(s, t); err != nil {
				return err
			}
		}
		progress(i+1, len(points))
	}
	return fams.writeTo(w)
}

type famFile struct {
	name, help string
	file       *os.File
	buf        *bufio.Writer
}

type families struct {
	order []*famFile
	index map[string]*famFile
}

func (f *families) add(s metrics.Sample, t time.Time) error {
	ff := f.index[s.Name]
	if ff == nil {
		tmp, err := os.CreateTemp("", "kommunpuls-export-*")
		if err != nil {
			return err
		}
		ff = &famFile{name: s.Name, help: s.Help, file: tmp, buf: bufio.NewWriter(tmp)}
		if f.index == nil {
			f.index = map[string]*famFile{}
		}
		f.index[s.Name] = ff
		f.order = append(f.order, ff)
	}
	b := append(ff.buf.AvailableBuffer(), s.Name...)
	for i, l := range s.Labels {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		b = append(b, sep)
		b = append(b, l[0]...)
		b = append(b, '=', '"')
		b = append(b, escape.Replace(l[1])...)
		b = append(b, '"')
	}
	if len(s.Labels) > 0 {
		b = append(b, '}')
	}
	b = append(b, ' ')
	b = strconv.AppendFloat(b, s.Value, 'g', -1, 64)
	b = append(b, ' ')
	b = strconv.AppendInt(b, t.Unix(), 10)
	_, err := ff.buf.Write(append(b, '\n'))
	return err
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (f *families) writeTo(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, ff := range f.order {
		if err := ff.buf.Flush(); err != nil {
			return err
		}
		if _, err := ff.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", ff.name, escape.Replace(ff.help), ff.name); err != nil {
			return err
		}
		if _, err := io.Copy(out, ff.file); err != nil {
			return err
		}
	}
	if _, err := out.WriteString("# EOF\n"); err != nil {
		return err
	}
	return out.Flush()
}

func (f *families) close() error {
	var errs []error
	for _, ff := range f.order {
		errs = append(errs, ff.file.Close(), os.Remove(ff.file.Name()))
	}
	return errors.Join(errs...)
}
