package tokens

import "fmt"

// ReadersChange says whether a plan changes the keys that a secret is encrypted to.
type ReadersChange int

// The changes.
const (
	// SameReaders: the keys stay, or there are none.
	SameReaders ReadersChange = iota
	OtherReaders
	// UnknownReaders: the keys are not known yet, and may differ.
	UnknownReaders
)

// ChangesReaders reports whether the plan changes the readers, as far as it knows them.
func (p Plan) ChangesReaders() bool {
	return p.AgeRecipients == OtherReaders || p.SealedBoxKeys == OtherReaders
}

// readersWait reports whether changed readers wait for the next secret. By default they do not: the secret rotates at once.
// Readers must be known during plan if state holds a secret. Otherwise the secret would rotate whenever the data source of a
// key is read at apply.
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
