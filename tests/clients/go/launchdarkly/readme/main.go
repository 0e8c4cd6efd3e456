package main

import (
	"log"
	"os"

	"clients/show"
	"github.com/launchdarkly/eventsource"
)

func main() {
	stream, err := eventsource.SubscribeWithURL(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	for {
		select {
		case event := <-stream.Events:
			if show.Show([]byte(event.Data())).Type == "ended" {
				return
			}
		case err := <-stream.Errors: // unread they would hold it up
			log.Print(err)
		}
	}
}
