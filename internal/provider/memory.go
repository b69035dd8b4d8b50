package provider

// gcPercent is how far the heap may grow, in percent, before it is collected. A run is short and its heap is a few MiB, so
// that Go's 100 collects all the time. Measured on a plan with 1,000 tokens: 400 saves three tenths of the plugin's CPU time
// and costs some 16 MiB; 800 saves nothing more and costs as much again.
const gcPercent = 400

// CollectLessOften sets how often this process collects garbage, unless the user has said so in GOGC. set is
// debug.SetGCPercent.
func CollectLessOften(getenv func(string) string, set func(percent int) int) {
	if getenv("GOGC") == "" {
		set(gcPercent)
	}
}
