package contracttest

// NamePrefix begins the name of every token that a test or check creates on a real host. A clean-up may delete tokens with this
// prefix, and never changes others.
const NamePrefix = "tfacc-"
