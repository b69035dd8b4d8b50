package readers_test

import (
	"errors"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/readers"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// age writes files that it refuses to read: such a secret would be lost. Its other limit, a header of 2 MiB, takes 800 RSA
// keys of 16,384 bits and was tried once: encrypting to them takes five seconds.
func TestNew_refusesWhatAgeCannotRead(t *testing.T) {
	t.Parallel()
	last := classicReader()
	keys := []string{last.public}
	for len(keys) < 1024 {
		keys = append(keys, classicReader().public)
	}
	who, err := readers.New(keys, nil)
	if err != nil {
		t.Fatalf("1,024 recipients: %v", err)
	}
	encrypted, err := who.Encrypt(secret.New("the secret"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := open(t, encrypted.Age, last.identity); got != "the secret" {
		t.Errorf("the reader got %q", got)
	}
	if _, err := readers.New(append(keys, classicReader().public), nil); !errors.Is(err, readers.ErrTooMany) {
		t.Errorf("1,025 recipients: %v, want %v", err, readers.ErrTooMany)
	}
}
