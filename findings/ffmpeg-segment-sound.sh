#!/usr/bin/env bash
# ffmpeg: the segment muxer cuts sound where pictures are *decoded*, so with B-frames each file but the first begins with
# sound from before its time 0, which no player plays.
#
# A film of 30 frames a second with sound, cut every 2 seconds at forced key frames (-f segment -reset_timestamps 1), loses
# some 55 ms of sound at each joint: the packets are in the files, and decoders throw them away. The fewer frames a second,
# the more: at 2 a second it is over a second. Without B-frames (-bf 0) and with -max_interleave_delta 0 nothing is lost.
# One would expect segments, played one after the other, to be the film.
#
# Seen with Debian's ffmpeg 5.1.9-0+deb12u1 and 7.1.5-0+deb13u1 (FFMPEG names another than that in PATH):
#   as it is                          samples lost: 7680 of 30 frames a second, 142848 of 2
#   -bf 0 -max_interleave_delta 0     samples lost: 0 of 30 frames a second, 0 of 2
set -euo pipefail
ffmpeg=${FFMPEG:-ffmpeg}
"$ffmpeg" -hide_banner -version | head -1
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT

# lost RATE OPTION...: how many samples of sound the four files of 8 seconds have less than the film.
lost() {
  local rate=$1 sum=0 file
  shift
  rm -f "$directory"/*.mp4
  "$ffmpeg" -v error -nostdin -f lavfi -i "testsrc2=size=160x120:rate=$rate:duration=8" -f lavfi -i sine=sample_rate=48000:duration=8 \
    -c:v libx264 -preset veryfast -force_key_frames 'expr:gte(t,n_forced*2)' -c:a aac -avoid_negative_ts disabled "$@" \
    -f segment -segment_time 2 -reset_timestamps 1 "$directory/%d.mp4"
  for file in "$directory"/*.mp4; do
    sum=$((sum + $("$ffmpeg" -v error -nostdin -i "$file" -map 0:a -f s16le - | wc -c) / 2))
  done
  echo $((8 * 48000 - sum))
}

as_it_is="$(lost 30) of 30 frames a second, $(lost 2) of 2"
without="$(lost 30 -bf 0 -max_interleave_delta 0) of 30 frames a second, $(lost 2 -bf 0 -max_interleave_delta 0) of 2"
echo "as it is                          samples lost: $as_it_is"
echo "-bf 0 -max_interleave_delta 0     samples lost: $without"
read -r many _ <<<"$as_it_is"
read -r few _ <<<"$without"
((many > 4000 && few <= 0))
