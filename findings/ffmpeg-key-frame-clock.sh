#!/usr/bin/env bash
# ffmpeg: in -force_key_frames 'expr:…', `t` is not the frame's time, but its distance from the first frame that reached the
# encoder.
#
# Whoever cuts a later part out of a film and keeps its timestamps (trim without setpts, -copyts) asks for key frames at
# times that come too late by the time of the first frame: below, a film from second 4 on, asked for a key frame at second
# 6, has it at second 10. `-force_key_frames 6`, a time instead of an expression, means the timestamp.
# The manual calls `t` "the time of the current processed frame".
#
# Seen with Debian's ffmpeg 5.1.9-0+deb12u1 and 7.1.5-0+deb13u1 (FFMPEG and FFPROBE name others than those in PATH):
#   expr:gte(t,6)  key frames at 4.000000 10.000000
#   6              key frames at 4.000000 6.000000
set -euo pipefail
ffmpeg=${FFMPEG:-ffmpeg} ffprobe=${FFPROBE:-ffprobe}
"$ffmpeg" -hide_banner -version | head -1
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT

# keys WHAT: when the key frames of seconds 4 to 12 lie.
keys() {
  "$ffmpeg" -v error -nostdin -y -f lavfi -i testsrc2=size=160x120:rate=25:duration=12 -vf trim=start=4 -fps_mode passthrough \
    -c:v libx264 -preset veryfast -g 1000 -sc_threshold 0 -force_key_frames "$1" -copyts "$directory/part.nut"
  "$ffprobe" -v error -skip_frame nokey -show_entries frame=pts_time -of csv=p=0 "$directory/part.nut" | tr "\n," "  " | xargs
}

expression=$(keys 'expr:gte(t,6)*eq(n_forced,1)+eq(n,0)') time=$(keys 6)
echo "expr:gte(t,6)  key frames at $expression"
echo "6              key frames at $time"
[[ $expression == '4.000000 10.000000' && $time == '4.000000 6.000000' ]]
