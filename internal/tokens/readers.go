package tokens

import "fmt"

// Readers is what becomes of the keys that a secret is encrypted to.
type Readers int

// The zero value is that they stay, or that there are none.
const (
	SameReaders Readers = iota
	OtherReaders
	// UnknownReaders are not known yet, and may turn out to be others.
	UnknownReaders
)

// OtherReaders reports whether the secret is to have other readers, as far as they are known.
func (p Plan) OtherReaders() bool {
	return p.AgeRecipients == OtherReaders || p.SealedBoxKeys == OtherReaders
}

// readersWait reports whether other readers wait for the next secret. Who can read a secret is part of it, so by default they
// mean another one. Readers that become known at apply only would rotate it whenever their source is read late.
func readersWait(plan Plan) (bool, error) {
	changed := plan.AgeRecipients != SameReaders || plan.SealedBoxKeys != SameReaders
	switch {
	case plan.AgeRecipients == UnknownReaders:
		return false, fmt.Errorf("age_recipients %w", ErrUndecided)
	case plan.SealedBoxKeys == UnknownReaders:
		return false, fmt.Errorf("sealed_box_public_keys %w", ErrUndecided)
	case !changed:
		return false, nil
	case plan.OnReadersChanged.Unknown:
		return false, fmt.Errorf("on_readers_changed %w", ErrUndecided)
	}
	return plan.OnReadersChanged.Known == Keep, nil
}
