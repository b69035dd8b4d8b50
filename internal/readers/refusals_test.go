package readers_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/crypto/ssh"

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

// Keys of low order: SealAnonymous takes the first two, and anybody can open such a box.
var (
	zeroPoint = make([]byte, 32)
	onePoint  = append([]byte{1}, make([]byte, 31)...)
	orderFour = must(base64.StdEncoding.DecodeString("4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA="))
)

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	classic, hybrid, edKey := classicReader(), hybridReader(), ed25519Reader()
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	_, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	must(0, err)
	pemKey := string(pem.EncodeToMemory(must(ssh.MarshalPrivateKey(edPrivate, ""))))
	weakSSH := "ssh-ed25519 " + base64.StdEncoding.EncodeToString(ssh.Marshal(struct {
		Type string
		Key  []byte
	}{"ssh-ed25519", onePoint}))
	encoded := strings.Fields(edKey.public)[1]
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"age private key":        {classic.identity.(*age.X25519Identity).String(), readers.ErrPrivateKey},
		"lower case private key": {strings.ToLower(classic.identity.(*age.X25519Identity).String()), readers.ErrPrivateKey},
		"hybrid private key":     {hybrid.identity.(*age.HybridIdentity).String(), readers.ErrPrivateKey},
		"SSH private key":        {pemKey, readers.ErrPrivateKey},
		"empty":                  {"", readers.ErrEmpty},
		"a line end":             {classic.public + "\n", readers.ErrLines},
		"a second line":          {edKey.public + "\n" + edKey.public, readers.ErrLines},
		"a space before":         {" " + classic.public, readers.ErrLines},
		"a plugin":               {"age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", readers.ErrPlugin},
		"a wrong character":      {classic.public[:20] + "q" + classic.public[21:] + "q", readers.ErrAgeKey},
		"a cut hybrid":           {hybrid.public[:100], readers.ErrAgeKey},
		"upper case":             {strings.ToUpper(classic.public), readers.ErrUnknown},
		"a word":                 {"swordfish", readers.ErrUnknown},
		"options":                {`command="x" ` + edKey.public, readers.ErrUnknown},
		"another SSH type":       {"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==", readers.ErrSSHType},
		"a hardware SSH key":     {"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA==", readers.ErrSSHType},
		"the wrong SSH type":     {"ssh-rsa " + encoded, readers.ErrSSHKey},
		"a cut SSH key":          {"ssh-ed25519 " + encoded[:40], readers.ErrSSHKey},
		"no SSH key":             {"ssh-ed25519", readers.ErrSSHKey},
		"two spaces":             {"ssh-ed25519  " + encoded, readers.ErrSSHKey},
		"a small RSA key":        {sshLine(small), readers.ErrRSASize},
		"a weak SSH key":         {weakSSH, readers.ErrWeak},
	} {
		_, err := readers.New([]string{classic.public, c.text}, nil)
		var key *readers.KeyError
		if !errors.Is(err, c.want) || !errors.As(err, &key) || key.Label != "" {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		expectNoPartOf(t, name, c.text, err)
	}
	if _, err := readers.New([]string{classic.public, hybrid.public}, nil); !errors.Is(err, readers.ErrMixed) {
		t.Errorf("mixed: %v", err)
	}
	if _, err := readers.New([]string{edKey.public, hybrid.public}, nil); !errors.Is(err, readers.ErrMixed) {
		t.Errorf("mixed: %v", err)
	}
}

func TestNew_refusesBoxKeys(t *testing.T) {
	t.Parallel()
	encode := base64.StdEncoding.EncodeToString
	good := newBoxReader().key()
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"all zero":      {encode(zeroPoint), readers.ErrWeak},
		"the point one": {encode(onePoint), readers.ErrWeak},
		"order four":    {encode(orderFour), readers.ErrWeak},
		"31 bytes":      {encode(make([]byte, 31)), readers.ErrBoxKey},
		"33 bytes":      {encode(make([]byte, 33)), readers.ErrBoxKey},
		"no padding":    {strings.TrimSuffix(good, "="), readers.ErrBoxKey},
		"a line inside": {good[:20] + "\n" + good[20:], readers.ErrLines},
		"a line end":    {good + "\n", readers.ErrLines},
		"URL alphabet":  {strings.Repeat("-_", 21) + "w=", readers.ErrBoxKey},
		"other bits":    {good[:42] + string(good[42]+1) + "=", readers.ErrBoxKey},
		"empty":         {"", readers.ErrEmpty},
		"age":           {classicReader().public, readers.ErrBoxKey},
	} {
		_, err := readers.New(nil, map[string]string{"good": good, "bad": c.text})
		var key *readers.KeyError
		if !errors.Is(err, c.want) || !errors.As(err, &key) || key.Label != "bad" {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		expectNoPartOf(t, name, c.text, err)
	}
}

// expectNoPartOf fails if an error repeats a part of what was written.
func expectNoPartOf(t *testing.T, name, text string, err error) {
	t.Helper()
	const part = 16 // longer than the names of key types, which errors do hold
	if err == nil || len(text) < part {
		return
	}
	for i := range len(text) - part + 1 {
		if piece := text[i : i+part]; strings.Contains(err.Error(), piece) {
			t.Errorf("%s: the error repeats %q", name, piece)
			return
		}
	}
}
