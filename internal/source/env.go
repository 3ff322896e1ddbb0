package source

import (
	"runtime"
	"strings"
)

// childEnv picks from the daemon's environment what a child may see: where
// things are and which language is spoken. Everything else may be a secret.
func childEnv(environ, more []string) []string {
	allowed := make(map[string]bool)
	for _, names := range [][]string{
		{"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "KRB5_CONFIG", "KRB5CCNAME", "KRB5_KTNAME"},
		{"SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "COMSPEC", "TEMP", "TMP", "USERNAME", "USERPROFILE", "USERDOMAIN", "USERDNSDOMAIN", "LOGONSERVER", "COMPUTERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"},
		more,
	} {
		for _, n := range names {
			allowed[envKey(n)] = true
		}
	}
	var out []string
	for _, kv := range environ {
		name, _, ok := strings.Cut(kv, "=")
		if ok && name != "" && (allowed[envKey(name)] || strings.HasPrefix(name, "LC_")) {
			out = append(out, kv)
		}
	}
	return out
}

func envKey(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}
