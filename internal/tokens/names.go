package tokens

import "golang.org/x/text/unicode/norm"

// SameName reports whether two names are equal in Unicode's normal form NFC: a server may write a letter with an accent
// in another form than it was sent.
func SameName(a, b string) bool { return a == b || norm.NFC.String(a) == norm.NFC.String(b) }
