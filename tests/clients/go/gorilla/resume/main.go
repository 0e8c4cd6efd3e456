package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"clients/show"
	"github.com/gorilla/websocket"
)

// read shows what is behind the cursor, moves it on, and says whether that was all.
func read(url string, last *int) (bool, error) {
	socket, _, err := websocket.DefaultDialer.Dial(fmt.Sprintf("%s?after=%d", url, *last), nil)
	if err != nil {
		return false, err
	}
	defer socket.Close()
	for {
		_, message, err := socket.ReadMessage()
		if err != nil {
			return false, err
		}
		event := show.Show(message)
		if event.Seq != nil {
			*last = *event.Seq
		}
		if event.Type == "ended" {
			return true, nil
		}
	}
}

func main() {
	for last := 0; ; time.Sleep(2 * time.Second) {
		done, err := read(os.Args[1], &last)
		if done {
			return
		}
		log.Print(err)
	}
}
