package readers_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/ssh"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/readers"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// reader is somebody with a key pair.
type reader struct {
	name, public string
	identity     age.Identity
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func classicReader() reader {
	id := must(age.GenerateX25519Identity())
	return reader{"age", id.Recipient().String(), id}
}

func hybridReader() reader {
	id := must(age.GenerateHybridIdentity())
	return reader{"post-quantum age", id.Recipient().String(), id}
}

func ed25519Reader() reader {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return reader{"ssh-ed25519", sshLine(must(private, err)), must(agessh.NewEd25519Identity(private))}
}

func rsaReader() reader {
	private := must(rsa.GenerateKey(rand.Reader, 2048))
	return reader{"ssh-rsa", sshLine(private), must(agessh.NewRSAIdentity(private))}
}

func sshLine(private any) string {
	signer := must(ssh.NewSignerFromKey(private))
	return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(signer.PublicKey())), "\n")
}

func open(t *testing.T, file string, identity age.Identity) string {
	t.Helper()
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(file)), identity)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type boxReader struct{ public, private *[32]byte }

func newBoxReader() boxReader {
	public, private, err := box.GenerateKey(rand.Reader)
	must(0, err)
	return boxReader{public, private}
}

func (r boxReader) key() string { return base64.StdEncoding.EncodeToString(r.public[:]) }

func (r boxReader) open(t *testing.T, sealed string) string {
	t.Helper()
	raw, err := base64.StdEncoding.Strict().DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	plain, ok := box.OpenAnonymous(nil, raw, r.public, r.private)
	if !ok {
		t.Fatal("the box does not open")
	}
	return string(plain)
}

// Whatever the secret is, each reader reads exactly that, and twice the same secret is never the same text.
func TestEncrypt_everyReaderReadsTheSecret(t *testing.T) {
	t.Parallel()
	groups := [][]reader{
		{classicReader()}, {hybridReader(), hybridReader()}, {ed25519Reader()}, {rsaReader()},
		{classicReader(), ed25519Reader(), rsaReader(), classicReader()}, {},
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	texts := []string{"x", "scapi_0123", strings.Repeat("é漢\x00\n\"\\", 5461), strings.Repeat("a", 64<<10)}
	for range 20 {
		runes := make([]rune, 1+random.IntN(300))
		for i := range runes {
			runes[i] = rune(random.IntN(0xD800))
		}
		texts = append(texts, string(runes))
	}
	boxes := map[string]boxReader{"repo-a": newBoxReader(), "ø/b": newBoxReader()}
	for _, group := range groups {
		var recipients []string
		for _, r := range group {
			recipients = append(recipients, r.public)
		}
		who, err := readers.New(recipients, map[string]string{"repo-a": boxes["repo-a"].key(), "ø/b": boxes["ø/b"].key()})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			first, second := must(who.Encrypt(secret.New(text), nil)), must(who.Encrypt(secret.New(text), nil))
			for _, r := range group {
				if open(t, first.Age, r.identity) != text {
					t.Errorf("%s reads something else", r.name)
				}
			}
			for label, r := range boxes {
				if r.open(t, first.Boxes[label]) != text {
					t.Errorf("box %s holds something else", label)
				}
				if first.Boxes[label] == second.Boxes[label] {
					t.Error("one secret gives the same box twice")
				}
			}
			if len(group) > 0 && first.Age == second.Age || len(group) == 0 && first.Age != "" {
				t.Error("one secret gives the same file twice, or a file for nobody")
			}
		}
	}
}

func TestEncrypt_nothing(t *testing.T) {
	t.Parallel()
	who := must(readers.New([]string{classicReader().public}, map[string]string{"a": newBoxReader().key()}))
	if got := must(who.Encrypt(secret.String{}, nil)); got.Age != "" || got.Boxes != nil {
		t.Error("no secret was encrypted to something")
	}
	if none := must(readers.New(nil, nil)); !none.IsZero() || who.IsZero() {
		t.Error("IsZero is wrong")
	}
}

// The only thing that can fail after New is the source of randomness.
func TestEncrypt_withoutRandomness(t *testing.T) {
	t.Parallel()
	who := must(readers.New(nil, map[string]string{"a": newBoxReader().key()}))
	if got, err := who.Encrypt(secret.New("s"), bytes.NewReader(nil)); err == nil || got.Boxes != nil {
		t.Error("a box was sealed without randomness")
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	r := ed25519Reader()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(r.public))
	must(0, err)
	for _, text := range []string{r.public, r.public + " ", r.public + " me@host and more"} {
		who, err := readers.New([]string{text}, nil)
		if strings.HasSuffix(text, " ") {
			if err == nil {
				t.Error("white space at the end was accepted")
			}
			continue
		}
		if got := must(who, err).AgeFingerprints(); len(got) != 1 || got[0] != ssh.FingerprintSHA256(key) {
			t.Errorf("the fingerprint is %v", got)
		}
	}
	both := must(readers.New([]string{r.public, r.public + " again"}, nil))
	if got := both.AgeFingerprints(); len(got) != 1 {
		t.Errorf("one key counts %d times", len(got))
	}
}

// What New accepts encrypts, and what it refuses is not repeated.
func FuzzNew(f *testing.F) {
	for _, seed := range []string{classicReader().public, hybridReader().public, ed25519Reader().public, rsaReader().public, newBoxReader().key(), "age1yubikey1q", "ssh-rsa AAAA", "AGE-SECRET-KEY-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func() (readers.Readers, error){
			func() (readers.Readers, error) { return readers.New([]string{text}, nil) },
			func() (readers.Readers, error) { return readers.New(nil, map[string]string{"l": text}) },
		} {
			who, err := parse()
			if err != nil {
				expectNoPartOf(t, "refused", text, err)
				continue
			}
			if got, err := who.Encrypt(secret.New("s"), nil); err != nil || got.Age == "" && got.Boxes["l"] == "" {
				t.Errorf("accepted, and not encrypted: %v", err)
			}
		}
	})
}
