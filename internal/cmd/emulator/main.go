// Command emulator serves the token API's contract from memory on a loopback address, and a page that shows its tokens.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator/webapp"
)

// stopTimeout is how long calls in flight may take after the signal to stop.
const stopTimeout = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(2)
	}
}

// settings are the program's flags.
type settings struct {
	addr    string
	state   string
	verbose bool
	options emulator.Options
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	var habits []string
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.addr, "addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 takes a free one")
	flags.StringVar(&s.state, "state", "", "`file` that keeps organization, tokens and clock over a restart, with hashes instead of secrets; -tokens counts for a new file only")
	flags.StringVar(&s.options.Bearer, "bearer", "", "API `token` of the administrator; empty generates one")
	flags.DurationVar(&s.options.Latency, "latency", 0, "pause before every response, such as 50ms")
	flags.IntVar(&s.options.RateLimit, "rate-limit", 0, "calls that a user may make in 60 seconds; 0 is 800, negative is no limit")
	flags.IntVar(&s.options.Tokens, "tokens", 0, "service user tokens to start with")
	flags.IntVar(&s.options.ActiveTokenLimit, "active-limit", 0, "active service user tokens that an organization may have; 0 is 20")
	flags.Uint64Var(&s.options.Seed, "seed", 0, "make ids and secrets the same each time; 0 makes them random")
	flags.BoolVar(&s.options.OmitRateLimitHeaders, "omit-rate-limit-headers", false, "leave x-ratelimit-* out of the responses, because the real service may")
	flags.Func("habit", "`name` of something that this server does otherwise than usual; several with commas or several flags; help lists them", func(names string) error {
		habits = append(habits, strings.Split(names, ",")...)
		return nil
	})
	flags.BoolVar(&s.verbose, "verbose", false, "print a line for each call to standard error")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	if s.options.Tokens < 0 || s.options.ActiveTokenLimit < 0 || s.options.Latency < 0 {
		return settings{}, errors.New("-tokens, -active-limit and -latency must not be negative")
	}
	if slices.Contains(habits, "help") {
		_, _ = fmt.Fprintf(stderr, "Habits:\n%s", emulator.DescribeHabits())
		return settings{}, flag.ErrHelp
	}
	var err error
	if s.options.Habits, err = emulator.HabitsNamed(habits...); err != nil {
		return settings{}, fmt.Errorf("-habit: %w", err)
	}
	return s, checkLoopback(s.addr)
}

// ending says what becomes of the tokens when the program stops.
func (s settings) ending() string {
	if s.state != "" {
		return "Ctrl-C stops it. " + s.state + " keeps its tokens for the next start, which prints a new API token."
	}
	return "Ctrl-C stops it, and it forgets everything: then delete the Terraform states that belong to it. With -state FILE it remembers."
}

// checkLoopback refuses an address that is not loopback, because the emulator has no TLS.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-addr %q is not an address; write it like 127.0.0.1:0", addr)
	}
	if !webapp.IsLoopback(host) {
		return fmt.Errorf("-addr %q is not a loopback address; write it like 127.0.0.1:0", addr)
	}
	return nil
}

// run serves until ctx ends, and then waits for the calls in flight.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	clock := webapp.NewClock(time.Now)
	s.options.Now = clock.Now
	kept, err := open(s.state, s.options, clock, stderr)
	if err != nil {
		return err
	}
	em := kept.em
	handler := webapp.OnlyLoopback(kept.saving(webapp.Handler(em, clock)))
	if s.verbose {
		handler = verbose(handler, em.WithoutSecrets, stderr)
	}
	_, _ = fmt.Fprintf(stdout, "The emulator listens on %[1]s. Its page shows the tokens: http://%[1]s/\n%[4]s\n\nIn another shell:\n\nexport SAFETYCULTURE_BASE_URL=http://%[1]s\nexport SAFETYCULTURE_API_TOKEN=%[2]s\nexport SAFETYCULTURE_ORGANIZATION_ID=%[3]s\n",
		listener.Addr(), quote(em.Bearer()), em.OrganizationID(), s.ending())

	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopCtx); err != nil {
		return server.Close()
	}
	return nil
}

// quote makes a word safe to paste into a shell. Safe words, such as a generated API token, stay unchanged.
func quote(word string) string {
	safe := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_-.:/", r)
	}
	if !strings.ContainsFunc(word, func(r rune) bool { return !safe(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// verbose prints each call, with its path as withoutSecrets leaves it.
func verbose(next http.Handler, withoutSecrets func(path string) string, out io.Writer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(noted, r)
		_, _ = fmt.Fprintf(out, "%s %s %d\n", r.Method, withoutSecrets(r.URL.EscapedPath()), noted.status)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
