package api

import "strings"

// IDKey returns the form of an id that is equal for two writings of one id: services differ in the letter case of UUIDs.
// Use it as a key; keep the id itself as the API or the state wrote it.
func IDKey(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

// SameID reports whether two ids are equal, ignoring letter case.
func SameID(a, b string) bool { return IDKey(a) == IDKey(b) }
