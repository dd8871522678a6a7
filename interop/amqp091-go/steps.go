// The steps: how one is run and reported, and what may fail it.
package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// must ends the step: a step is a function that panics when something is not as it should be.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func got[T any](value T, err error) T {
	must(err)
	return value
}

func equal(what string, have, want any) {
	if !reflect.DeepEqual(have, want) {
		panic(fmt.Errorf("%s: got %v, expected %v", what, have, want))
	}
}

func step(name string, body func()) {
	defer func() {
		if reason := recover(); reason != nil {
			failedCount++
			fmt.Printf("FAIL %s: %s: %s\n", client, name, strings.SplitN(fmt.Sprint(reason), "\n", 2)[0])
			return
		}
		fmt.Printf("PASS %s: %s\n", client, name)
	}()
	body()
}

func receive[T any](from <-chan T, what string) T {
	select {
	case value, open := <-from:
		if !open {
			panic("closed while waiting for " + what)
		}
		return value
	case <-time.After(waitLimit):
		panic("timed out: " + what)
	}
}

func quiet[T any](from <-chan T, what string) {
	select {
	case <-from:
		panic("one too many: " + what)
	case <-time.After(200 * time.Millisecond):
	}
}
