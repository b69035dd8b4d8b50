package contracttest

// NamePrefix begins the name of every token that a test or check makes on a host that is not its own. What bears it may
// be deleted by whoever cleans up; what does not is never touched.
const NamePrefix = "tfacc-"
