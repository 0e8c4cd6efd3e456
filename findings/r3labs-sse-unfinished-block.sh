#!/usr/bin/env bash
# github.com/r3labs/sse 2.10.0 makes an event of a block that never got its empty line, and takes a proper end of the stream for
# the end of everything.
#
# A server sends `retry: 200`, without an empty line, and ends properly: what a proxy says to an EventSource in place of a
# server that is away ("come again"). The specification (HTML, "Interpreting an event stream") has an unfinished block
# thrown away and the client come back after any end; and the library does come back after a cut, so one expects it
# to get over a restart. What it does: one event without data, and Subscribe returns nil, as if all had gone well.
#
# Seen with github.com/r3labs/sse/v2 2.10.0, Go 1.26.8:
#   a proper end: 1 request, 1 event, the data [""], Subscribe returned <nil>
#   a cut: 2 requests, coming back
set -euo pipefail
directory=$(mktemp -d)
trap 'chmod -R u+w "$directory"; rm -r "$directory"' EXIT
cd "$directory"
go version
cat >go.mod <<'MOD'
module tried

go 1.24

require (
	github.com/r3labs/sse/v2 v2.10.0
	golang.org/x/net v0.0.0-20191116160921-f9c825593386
	gopkg.in/cenkalti/backoff.v1 v1.1.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/r3labs/sse/v2"
)

// serve answers every request with the same bytes, and counts them.
func serve(end string) (string, *atomic.Int32) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	requests := new(atomic.Int32)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			http.ReadRequest(bufio.NewReader(connection))
			requests.Add(1)
			fmt.Fprint(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+
				"b\r\nretry: 200\n\r\n"+end)
			connection.Close()
		}
	}()
	return "http://" + listener.Addr().String(), requests
}

func main() {
	url, requests := serve("0\r\n\r\n")
	var data []string
	err := sse.NewClient(url).Subscribe("", func(message *sse.Event) { data = append(data, string(message.Data)) })
	asked := requests.Load()
	fmt.Printf("a proper end: %d request, %d event, the data %q, Subscribe returned %v\n", asked, len(data), data, err)
	proper := asked == 1 && len(data) == 1 && data[0] == "" && err == nil

	url, requests = serve("")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go sse.NewClient(url).SubscribeWithContext(ctx, "", func(*sse.Event) {})
	for requests.Load() < 2 && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Printf("a cut: %d requests, coming back\n", requests.Load())
	if !proper || requests.Load() < 2 {
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod GOPATH="$directory/path" go run .
