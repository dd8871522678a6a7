// The steps: how one is run and reported, what may fail it, and AMQP traffic meanwhile.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"time"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"
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

// one is the item of the list that the test names: its absence ends the step.
func one[T any](list []T, what string, is func(T) bool) T {
	for _, item := range list {
		if is(item) {
			return item
		}
	}
	panic(fmt.Errorf("%s: not in a list of %d", what, len(list)))
}

func changed(response *http.Response, err error) {
	must(err)
	response.Body.Close()
	if response.StatusCode >= 300 {
		panic(fmt.Errorf("status %s", response.Status))
	}
}

// answered is for calls that the broker may refuse: it must do so with one of these statuses and a reason.
func answered(response any, err error, statuses ...int) {
	var refusal rabbithole.ErrorResponse
	if err == nil || !errors.As(err, &refusal) {
		panic(fmt.Errorf("expected one of %v, got %v and %v", statuses, response, err))
	}
	for _, status := range statuses {
		if refusal.StatusCode == status && refusal.Reason != "" {
			return
		}
	}
	panic(fmt.Errorf("expected one of %v with a reason, got %+v", statuses, refusal))
}

func until(what string, condition func() bool) {
	for deadline := time.Now().Add(15 * time.Second); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			panic("timed out: " + what)
		}
	}
}

func step(name string, body func()) {
	defer func() {
		if reason := recover(); reason != nil {
			failedCount++
			fmt.Printf("FAIL rabbit-hole: %s: %s\n", name, strings.SplitN(fmt.Sprint(reason), "\n", 2)[0])
			return
		}
		fmt.Printf("PASS rabbit-hole: %s\n", name)
	}()
	body()
}

// startTraffic makes the vhost busy; what it returns ends that.
func startTraffic(vhost, prefix string) func() {
	command := exec.Command("node", os.Getenv("TRAFFIC"), os.Getenv("AMQP_URL")+"/"+url.PathEscape(vhost), prefix)
	command.Stderr = os.Stderr
	input := got(command.StdinPipe())
	output := got(command.StdoutPipe())
	must(command.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	must(err)
	equal("the traffic", line, "ready\n")
	return func() {
		_ = input.Close()
		_, _ = io.Copy(io.Discard, output)
		_ = command.Wait()
	}
}
