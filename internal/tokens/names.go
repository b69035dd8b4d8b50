package tokens

import "golang.org/x/text/unicode/norm"

// SameName reports whether two names are equal in Unicode's normal form NFC. A server may return a letter with an accent in
// another form than the request had.
func SameName(a, b string) bool { return a == b || norm.NFC.String(a) == norm.NFC.String(b) }
