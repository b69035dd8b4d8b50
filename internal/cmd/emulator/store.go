package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator/webapp"
)

// kept is what the file of -state holds.
type kept struct {
	ClockDays int             `json:"clock_days"` // by how many days the page has moved the clock
	Emulator  json.RawMessage `json:"emulator"`
}

// store keeps an emulator and its clock in a file.
type store struct {
	file   string
	em     *emulator.Emulator
	clock  *webapp.Clock
	stderr io.Writer
	mu     sync.Mutex
	last   []byte // what the file holds
}

// open returns the emulator that a file holds, or a new one if there is no such file. Without a name, nothing is kept.
func open(file string, options emulator.Options, clock *webapp.Clock, stderr io.Writer) (*store, error) {
	s := &store{file: file, clock: clock, stderr: stderr}
	text, err := os.ReadFile(file)
	switch {
	case file == "" || errors.Is(err, fs.ErrNotExist):
		s.em = emulator.New(options)
	case err != nil:
		return nil, fmt.Errorf("-state: %w", err)
	default:
		var k kept
		if err = json.Unmarshal(text, &k); err == nil {
			clock.Move(k.ClockDays)
			s.em, err = emulator.Restore(options, k.Emulator)
		}
		if err != nil {
			return nil, fmt.Errorf("-state %s cannot be read (%w); name another file, or delete it to start anew", file, err)
		}
	}
	return s, s.save()
}

// save writes the file if something has changed. It replaces the file at once, so that the file is never half written.
func (s *store) save() error {
	if s.file == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := json.MarshalIndent(kept{s.clock.Days(), s.em.Save()}, "", "  ")
	if err != nil || bytes.Equal(text, s.last) {
		return err
	}
	if err := replace(s.file, append(text, '\n')); err != nil {
		return fmt.Errorf("-state: %w", err)
	}
	s.last = text
	return nil
}

// replace writes a file beside another one and renames it to that.
func replace(file string, text []byte) error {
	next, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // nobody else can read it
	if err != nil {
		return err
	}
	_, err = next.Write(text)
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), file)
	}
	if err != nil {
		_ = os.Remove(next.Name())
	}
	return err
}

// saving saves a request's changes before the response is sent, so that a restart forgets no secret that somebody has.
func (s *store) saving(next http.Handler) http.Handler {
	if s.file == "" {
		return next
	}
	save := func() {
		if err := s.save(); err != nil {
			_, _ = fmt.Fprintln(s.stderr, "emulator:", err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer save() // even if no response is sent
		next.ServeHTTP(&savingWriter{w, sync.OnceFunc(save)}, r)
	})
}

type savingWriter struct {
	http.ResponseWriter
	save func()
}

func (w *savingWriter) WriteHeader(status int) {
	w.save()
	w.ResponseWriter.WriteHeader(status)
}

func (w *savingWriter) Write(body []byte) (int, error) {
	w.save()
	return w.ResponseWriter.Write(body)
}
