package source

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// guard starts children so that none outlives the daemon: each gets a job
// object that Windows empties when its last handle, the daemon's, closes.
type guard struct {
	mu     sync.Mutex
	jobs   map[int]windows.Handle
	closed bool
}

func newGuard(func() *exec.Cmd) *guard { return &guard{jobs: make(map[int]windows.Handle)} }

// Start starts a child and puts it into a job of its own at once.
func (g *guard) Start(cmd *exec.Cmd) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return errClosed
	}
	job, err := newJob()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return errors.Join(err, windows.CloseHandle(job))
	}
	if err := assign(job, cmd.Process.Pid); err != nil {
		return errors.Join(err, cmd.Process.Kill(), cmd.Wait(), windows.CloseHandle(job))
	}
	g.jobs[cmd.Process.Pid] = job
	return nil
}

// Kill ends a child and all that it started.
func (g *guard) Kill(cmd *exec.Cmd) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if job, ok := g.jobs[cmd.Process.Pid]; ok {
		return windows.TerminateJobObject(job, 1)
	}
	return nil
}

// Ended closes a child's job, which ends what it left behind.
func (g *guard) Ended(cmd *exec.Cmd) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if job, ok := g.jobs[cmd.Process.Pid]; ok {
		_ = windows.CloseHandle(job)
		delete(g.jobs, cmd.Process.Pid)
	}
}

func (g *guard) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	var errs []error
	for pid, job := range g.jobs {
		errs = append(errs, windows.CloseHandle(job))
		delete(g.jobs, pid)
	}
	return errors.Join(errs...)
}

func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, os.NewSyscallError("CreateJobObject", err)
	}
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		return 0, errors.Join(os.NewSyscallError("SetInformationJobObject", err), windows.CloseHandle(job))
	}
	return job, nil
}

func assign(job windows.Handle, pid int) error {
	proc, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return os.NewSyscallError("OpenProcess", err)
	}
	return errors.Join(os.NewSyscallError("AssignProcessToJobObject", windows.AssignProcessToJobObject(job, proc)), windows.CloseHandle(proc))
}

// runGuard: Windows needs no guard process.
func runGuard(io.Reader) error { return ErrNotChild }

// lockFile takes a lock that ends with the process.
func lockFile(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
}

// onlyOwnerWrites: the folder's access list decides here, and Program Files has a good one.
func onlyOwnerWrites(path string) error {
	_, err := os.Stat(path)
	return err
}
