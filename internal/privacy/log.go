package privacy

// LogName is the file in the data folder that tells what was removed, when and
// under which decision.
const LogName = "gallringslogg.jsonl"
