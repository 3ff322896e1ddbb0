package grafana

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// prometheusRef is the data source that the reader chose.
func prometheusRef() *common.DataSourceRef {
	return &common.DataSourceRef{Type: some("prometheus"), Uid: some("${datasource}")}
}

// links leads to the other dashboards and to the pages of kommunpuls.
func (b *board) links() {
	b.dash.Links = []dashboard.DashboardLink{
		{Title: b.text(b.common.Dashboards), Type: dashboard.DashboardLinkTypeDashboards, Icon: "external link", Tags: []string{Tag}},
		{Title: b.text(b.common.Pages), Type: dashboard.DashboardLinkTypeLink, Icon: "external link", Url: some(b.page("/")), TargetBlank: true, Tags: []string{}},
	}
}

// page is the address of a page of kommunpuls, with a query such as "forvaltning=soc".
func (b *board) page(path string, query ...string) string {
	if b.lang == "en" {
		query = append(query, "sprak=en")
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return "${adress:raw}" + path
}

func (b *board) datasource() {
	b.dash.Templating.List = append(b.dash.Templating.List, dashboard.VariableModel{
		Type: dashboard.VariableTypeDatasource, Name: "datasource", Label: some(b.text(b.common.Datasource)), Hide: some(dashboard.VariableHideDontHide),
		SkipUrlSync: some(false), Query: &dashboard.StringOrMap{String: some("prometheus")}, Current: &dashboard.VariableOption{},
		Multi: some(false), IncludeAll: some(false), Options: []dashboard.VariableOption{}, Refresh: some(dashboard.VariableRefreshOnDashboardLoad), Regex: some(""),
	})
}

// address is where the pages are, known from the daemon itself.
func (b *board) address() {
	v := b.query("adress", "query_result(kommunpuls_instance_info)", `/public_url="([^"]*)"/`)
	v.Hide = some(dashboard.VariableHideHideVariable)
	b.variable(v)
}

// query is a variable whose values Prometheus knows.
func (b *board) query(name, query, regex string) dashboard.VariableModel {
	return dashboard.VariableModel{
		Type: dashboard.VariableTypeQuery, Name: name, Hide: some(dashboard.VariableHideDontHide), SkipUrlSync: some(false),
		Query:      &dashboard.StringOrMap{Map: map[string]any{"query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"}},
		Definition: some(query), Datasource: prometheusRef(), Current: &dashboard.VariableOption{},
		Multi: some(false), IncludeAll: some(false), Options: []dashboard.VariableOption{},
		Refresh: some(dashboard.VariableRefreshOnDashboardLoad), Regex: some(regex), Sort: some(dashboard.VariableSortAlphabeticalCaseInsensitiveAsc),
	}
}

func (b *board) variable(v dashboard.VariableModel) {
	b.dash.Templating.List = append(b.dash.Templating.List, v)
}
