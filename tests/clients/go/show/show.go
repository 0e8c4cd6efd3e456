// Package show does with an event what every program here does, in place of something useful.
package show

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is the part of an event that a follower needs.
type Event struct {
	Type string `json:"type"`
	Seq  *int   `json:"seq"`
}

// Show prints one line about an event, and returns it; of an empty one an empty Event.
func Show(text []byte) Event {
	var event Event
	if len(text) > 0 {
		if err := json.Unmarshal(text, &event); err != nil {
			panic(err)
		}
	}
	seq, _ := json.Marshal(event.Seq)
	fmt.Printf("{\"type\":%q,\"seq\":%s,\"at\":%d}\n", event.Type, seq, time.Now().UnixMilli())
	return event
}
