package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// The environment variables that tell the stand-in which program to start and where to write its record.
const (
	envProvider = "BENCH_PROVIDER"
	envRecord   = "BENCH_RECORD"
)

// process is one run of the plugin.
type process struct {
	Start, End time.Time
	// CPU is its CPU time.
	CPU time.Duration
	// Peak is its largest resident memory, in bytes, as the system counted it.
	Peak int64
}

// standIn runs as the plugin that Terraform starts, to measure the real plugin by itself. It starts the real plugin, waits for
// it, and records its CPU time and memory. Runs whose time is measured do not use it.
func standIn() int {
	command := exec.Command(os.Getenv(envProvider), os.Args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	seen := process{Start: time.Now()}
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "bench: starting the provider:", err)
		return 1
	}
	seen.End, seen.CPU, seen.Peak = time.Now(), cpuOf(command.ProcessState), peakOf(command.ProcessState)
	if err := record(os.Getenv(envRecord), seen); err != nil {
		fmt.Fprintln(os.Stderr, "bench: writing down what the provider took:", err)
		return 1
	}
	return command.ProcessState.ExitCode()
}

// record adds a process to a file that several stand-ins write to at once.
func record(name string, seen process) error {
	line, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// readRecord reads the processes that the stand-ins recorded.
func readRecord(name string) ([]process, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []process
	for line := range bytes.Lines(text) {
		var p process
		if err := json.Unmarshal(line, &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// peakTogether returns the largest sum of the peaks of plugins that ran at the same time: an upper bound of the memory that a
// machine needs for all of them. Memory that they share, such as the program's code, counts for each.
func peakTogether(all []process) (peak int64, processes int) {
	for _, at := range all {
		alive := slices.DeleteFunc(slices.Clone(all), func(p process) bool { return p.Start.After(at.Start) || !p.End.After(at.Start) })
		var sum int64
		for _, p := range alive {
			sum += p.Peak
		}
		if sum > peak {
			peak, processes = sum, len(alive)
		}
	}
	return peak, processes
}
