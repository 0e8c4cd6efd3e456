#!/usr/bin/env bash
# ffmpeg 7: the segment muxer passes over a forced key frame that lies exactly on its time, where the encoder has B-frames
# and timestamps may not be negative.
#
# A film of 25.4 seconds and 30 frames a second, key frames forced every 10 seconds, -segment_time 10: version 5.1 makes three
# files, 7.1 only two, and cuts at a key frame that nobody asked for. The forced ones are there in both. With
# -avoid_negative_ts disabled (or without B-frames) 7.1 cuts at 10 and 20, too.
#
# Seen with Debian's ffmpeg (FFMPEG names another than that in PATH):
#   5.1.9-0+deb12u1  by itself: 10.066667 20.066667                    -avoid_negative_ts disabled: 10.000000 20.000000
#   7.1.5-0+deb13u1  by itself: 18.400000                              -avoid_negative_ts disabled: 10.000000 20.000000
set -euo pipefail
ffmpeg=${FFMPEG:-ffmpeg}
"$ffmpeg" -hide_banner -version | head -1
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT

# cuts OPTION...: where each file but the last ends.
cuts() {
  "$ffmpeg" -v error -nostdin -y -f lavfi -i testsrc2=size=160x120:rate=30:duration=25.4 -f lavfi -i sine=duration=25.4 \
    -c:v libx264 -preset veryfast -c:a aac -force_key_frames 'expr:gte(t,n_forced*10)' "$@" -f segment -segment_time 10 \
    -reset_timestamps 1 -segment_list "$directory/list.csv" "$directory/%d.mp4"
  head -n -1 "$directory/list.csv" | cut -d, -f3 | xargs
}

by_itself=$(cuts) disabled=$(cuts -avoid_negative_ts disabled)
echo "by itself: $by_itself   -avoid_negative_ts disabled: $disabled"
[[ $disabled == '10.000000 20.000000' ]] || exit 1
case $("$ffmpeg" -version | head -1) in
  *'version 5.1.'*) [[ $by_itself == '10.066667 20.066667' ]] ;;
  *'version 7.1.'*) [[ $by_itself == 18.* ]] ;;
  *) echo 'neither 5.1 nor 7.1' >&2; exit 1 ;;
esac
