package config

// Snapshot says where snapshots are kept and who signs them.
type Snapshot struct {
	Dir string `yaml:"dir" json:"dir,omitempty" jsonschema:"description=Folder of the snapshots and their chain; relative to this file. Default is snapshots in data_dir"`
	Key Secret `yaml:"key" json:"key,omitempty"`
}
