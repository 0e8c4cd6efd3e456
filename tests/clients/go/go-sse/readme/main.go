package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"clients/show"
	"github.com/tmaxmax/go-sse"
)

func main() {
	ctx, done := context.WithCancel(context.Background())
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, os.Args[1], http.NoBody)
	connection := sse.NewConnection(request)
	connection.SubscribeToAll(func(event sse.Event) {
		if show.Show([]byte(event.Data)).Type == "ended" {
			done()
		}
	})
	if err := connection.Connect(); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
