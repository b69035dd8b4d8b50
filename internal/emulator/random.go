package emulator

import (
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"

	"github.com/google/uuid"
)

// hash is the only form in which a secret is kept.
type hash [sha256.Size]byte

func hashOf(secret string) hash { return sha256.Sum256([]byte(secret)) }

// randomness makes ids and secrets.
type randomness struct{ source io.Reader }

// newRandomness returns randomness that repeats for a seed, or real randomness for seed 0.
func newRandomness(seed uint64) *randomness {
	if seed == 0 {
		return &randomness{cryptorand.Reader}
	}
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return &randomness{rand.NewChaCha8(key)}
}

func (r *randomness) hex(n int) string {
	b := make([]byte, n)
	_, _ = io.ReadFull(r.source, b)
	return hex.EncodeToString(b)
}

func (r *randomness) uuid() string {
	id, _ := uuid.NewRandomFromReader(r.source)
	return id.String()
}

// secret returns a secret in the form that newer secrets are reported to have.
func (r *randomness) secret() string { return "scapi_" + r.hex(32) }

func (r *randomness) userID() string { return "user_" + r.hex(16) }

func (r *randomness) organizationID() string { return "role_" + r.hex(16) }
