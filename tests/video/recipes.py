"""The files that the corpus is made of: each with the ffmpeg command that makes it, and what must come of it.

Pictures carry their number as sixteen bars of black and white, sound is a sine and a chirp, so that it can be told which
frame and which sample of the source a clip shows.
"""
import dataclasses

BARS = "geq=lum='if(lt(Y,H/2),if(mod(floor(N/pow(2,floor(X*16/W))),2),235,16),80+mod(X+Y+N*2,64))':cb=128:cr=128"
SOUND = "aevalsrc='0.3*sin(2*PI*(200*t+60*t*t))|0.3*sin(2*PI*440*t)':s={rate}:d={seconds}"


def picture(rate="30", seconds=6, size="160x120"):
    return f'-f lavfi -i "color=black:size={size}:rate={rate}:duration={seconds},format=yuv420p,{BARS}"'


def sound(seconds=6, rate=48000):
    return f'-f lavfi -i "{SOUND.format(rate=rate, seconds=seconds)}"'


X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p"
AAC = "-c:a aac -b:a 128k"


@dataclasses.dataclass
class File:
    name: str
    command: str = ""  # arguments of ffmpeg, before the name; may use {dir}
    change: object = None  # a function from bytes to bytes
    source: str = ""  # made from this file of the corpus
    fails: str = ""  # part of the sentence that is due
    says: str = ""  # part of a log event that is due
    frames: str = "each"  # each: every frame once; held: every frame, some for longer; some: whatever there is; none
    sound: str = "same"  # same: sample by sample; near: as long; none: clips have none; some: whatever there is
    small: bool = False  # among the twenty that are quick
    query: str = "clip_seconds=2"
    origin: str = ""  # where a file comes from that is not made
    rows: list = dataclasses.field(default_factory=list)


def made(name, *parts, **more):
    return File(name, " ".join(parts), **more)


def remade(name, source, *parts, **more):
    return File(name, " ".join(["-i", "{dir}/" + source, *parts]), source=source, **more)


def changed(name, source, change, **more):
    return File(name, source=source, change=change, **more)


def cut(share):
    return lambda data: data[: int(len(data) * share)]


def hole(at, size):
    return lambda data: data[: int(len(data) * at)] + bytes(size) + data[int(len(data) * at) + size:]


def renamed(old, new):
    return lambda data: data.replace(old, new)


def rates():
    for rate in ("1", "2", "5", "15", "24000/1001", "24", "25", "30000/1001", "50", "60", "120"):
        label = rate.replace("/1001", "").replace("000", "") if "/" in rate else rate
        label = {"24": "24", "30": "30"}.get(label, label) + ("-ntsc" if "/" in rate else "")
        seconds = 12 if rate in ("1", "2") else 7
        yield made(f"rate-{label}.mp4", picture(rate, seconds), sound(seconds), X264, AAC,
                   small=rate in ("1", "30000/1001"), query="clip_seconds=5" if seconds == 12 else "clip_seconds=2")
    yield made("rate-240.mp4", picture("240", 4), sound(4), X264, AAC, frames="some")
    yield made("slides.mkv", picture("1/4", 16), sound(16), X264, AAC, frames="held", query="clip_seconds=3")


def containers():
    yield made("base.mov", picture(), sound(), X264, "-c:a pcm_s16le", small=True)
    yield remade("base.mkv", "base.mov", "-c:v copy", AAC, small=True)
    yield remade("base.ts", "base.mov", "-c:v copy", AAC, small=True)
    yield remade("base.flv", "base.mov", "-c:v copy", AAC)
    yield remade("base.webm", "base.mov", "-c:v libvpx -cpu-used 8 -b:v 400k -c:a libopus")
    yield remade("vp9.webm", "base.mov", "-c:v libvpx-vp9 -cpu-used 8 -b:v 400k -c:a libvorbis")
    yield remade("fragmented.mp4", "base.mov", "-c:v copy", AAC, "-movflags frag_keyframe+empty_moov", small=True)
    yield remade("mpeg4.avi", "base.mov", "-c:v mpeg4 -q:v 2 -c:a mp3", sound="near")
    yield remade("h264.avi", "base.mov", "-c:v copy -c:a pcm_s16le")
    yield remade("wmv2.wmv", "base.mov", "-c:v wmv2 -b:v 1M -c:a wmav2", sound="near")
    yield remade("mpeg2.mpg", "base.mov", "-c:v mpeg2video -q:v 2 -c:a mp2", sound="near")
    yield remade("theora.ogv", "base.mov", "-c:v libtheora -q:v 8 -c:a libvorbis", sound="near")
    yield remade("hevc.mp4", "base.mov", "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1", AAC)
    yield remade("av1.mkv", "base.mov", "-t 3 -c:v libaom-av1 -cpu-used 8 -row-mt 1 -crf 30 -c:a libopus")
    yield remade("mjpeg.avi", "base.mov", "-c:v mjpeg -q:v 2 -c:a pcm_s16le")
    yield remade("wrapped.ts", "base.mov", "-c:v copy", AAC, "-output_ts_offset 95440")


def sounds():
    yield made("sound-44100-mono.mp4", picture(), sound(6, 44100), X264, AAC, "-ac 1")
    yield made("sound-8000.mov", picture(), sound(6, 8000), X264, "-c:a pcm_mulaw", small=True)
    yield made("sound-96000.mkv", picture(), sound(6, 96000), X264, "-c:a flac", sound="near")
    yield made("sound-5.1.mkv", picture(), sound(), X264, "-c:a ac3 -ac 6")
    yield remade("no-sound.mp4", "base.mov", "-c:v copy -an", sound="none", small=True)
    yield made("sound-longer.mp4", picture(seconds=4), sound(7), X264, AAC, small=True)
    yield made("sound-shorter.mp4", picture(seconds=7), sound(3), X264, AAC)
    yield made("one-picture-long-sound.mp4", picture("30", 0.04), sound(9), X264, AAC)
    yield made("sound-first.mkv", "-itsoffset 0.5", picture(seconds=5), sound(), X264, AAC)
    yield made("sound-late.mkv", picture(), "-itsoffset 2", sound(4), X264, AAC, small=True)
    yield remade("default-second.mkv", "base.mov", "-map 0:v -map 0:a -map 0:a -c:v copy", AAC,
                 "-filter:a:0 volume=0 -disposition:a:0 0 -disposition:a:1 default")
    yield changed("unknown-sound.mkv", "base.mkv", renamed(b"A_AAC", b"A_XYZ"), sound="none",
                  says="the clips have no sound", small=True)
    yield remade("unknown-first.mkv.tmp", "base.mov", "-map 0:v -map 0:a -map 0:a -c:v copy -c:a:0 libopus -c:a:1 aac")
    yield changed("unknown-first.mkv", "unknown-first.mkv.tmp", renamed(b"A_OPUS", b"A_XYZW"), sound="some",
                  says="is taken instead")


def pictures():
    yield remade("rotated-90.mp4", "base.mov", "-c:v copy", AAC, "-metadata:s:v rotate=90", frames="some")
    yield made("odd-size.webm", picture(size="161x121"), sound(), "-c:v libvpx-vp9 -cpu-used 8 -b:v 400k -c:a libopus")
    yield made("tiny.mp4", picture(size="16x16"), sound(), X264, AAC)
    yield made("wide.mp4", picture(size="1280x32"), sound(), X264, AAC)
    yield remade("not-square.mp4", "base.mov", "-vf setsar=16/11", X264, AAC)
    yield remade("444.mp4", "base.mov", "-c:v libx264 -preset veryfast -pix_fmt yuv444p", AAC)
    yield remade("10-bit.mkv", "base.mov", "-c:v libx264 -preset veryfast -pix_fmt yuv420p10le", AAC)
    yield remade("hdr.mkv", "base.mov", "-t 3 -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params "
                 "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", AAC)
    yield made("interlaced.mpg", picture("50", 6), sound(), "-vf interlace,fieldorder=tff -c:v mpeg2video -q:v 2 "
               "-flags +ildct+ilme -c:a mp2", frames="some", sound="near")
    yield made("interlaced.ts", picture("50", 6), sound(), "-vf interlace -c:v libx264 -flags +ildct+ilme "
               "-x264opts tff=1 -preset veryfast", AAC, frames="some")
    yield made("long-gop.mp4", picture(seconds=12), sound(12), X264, "-g 1000", AAC, query="clip_seconds=3")
    yield made("all-key.mp4", picture(), sound(), X264, "-g 1", AAC)
    yield made("one-frame.mp4", picture("30", 0.03), X264, sound="none")
    yield remade("two-pictures.mkv", "base.mov", "-map 0:v -map 0:v -map 0:a -c:v copy", AAC)
    yield remade("subtitles.mkv", "base.mov", "-i {dir}/words.srt -map 0 -map 1 -c:v copy", AAC, "-c:s srt")
    yield remade("cover.mkv", "base.mov", "-c:v copy", AAC, "-attach {dir}/cover.png -metadata:s:t mimetype=image/png")
    yield made("gaps.mp4", picture(seconds=9), sound(9), "-vf select='lt(mod(t\\,3)\\,1)' -fps_mode vfr", X264, AAC,
               frames="held", query="clip_seconds=4")
    yield made("irregular.mp4", picture("60", 8), sound(8), "-vf select='lt(mod(n*7\\,11)\\,4)' -fps_mode vfr "
               "-video_track_timescale 90000", X264, AAC, frames="held")
    yield made("edit-list.mp4.tmp", picture(seconds=8), sound(8), X264, "-g 60", AAC)
    yield remade("edit-list.mp4", "edit-list.mp4.tmp", "-ss 2.5 -c copy", frames="some", sound="near")


def broken():
    yield changed("cut-no-index.mp4", "mov.mp4", cut(0.6), fails="its index is missing", small=True)
    yield remade("mov.mp4", "base.mov", "-c:v copy", AAC)
    yield remade("first.mp4", "base.mov", "-c:v copy", AAC, "-movflags +faststart")
    yield changed("cut.mp4", "first.mp4", cut(0.6), fails="it is cut off or damaged", small=True)
    yield changed("cut.mkv", "base.mkv", cut(0.6), fails="it is cut off or damaged", small=True)
    yield changed("cut-early.mp4", "first.mp4", cut(0.12), fails="cut off", small=True)
    yield remade("live.webm", "base.mov", "-c:v libvpx -cpu-used 8 -b:v 400k -c:a libopus -live 1 -f webm")
    yield changed("cut-live.webm", "live.webm", cut(0.6), fails="it is cut off or damaged")
    yield changed("hole.mp4", "first.mp4", hole(0.5, 20000), frames="some", sound="some", says="ffmpeg: ")
    yield changed("hole.ts", "base.ts", hole(0.5, 20000), frames="some", sound="some", says="ffmpeg: ")
    yield changed("unknown-picture.mkv", "base.mkv", renamed(b"V_MPEG4/ISO/AVC", b"V_XYZ/XYZ/XYZXY"),
                  fails="coded in a way that cannot be read here", small=True)
    yield remade("encrypted.mp4", "base.mov", "-c:v copy", AAC, "-encryption_scheme cenc-aes-ctr -encryption_key "
                 "76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8",
                 fails="encrypted", small=True)
    yield remade("ten-hours.flv", "base.flv", "-c copy -flvflags no_duration_filesize")
    yield remade("sound-alone.m4a", "base.mov", "-vn", AAC, fails="sound but no picture", small=True)
    yield remade("still.png", "base.mov", "-frames:v 1", fails="not in a video format that is taken here", small=True)
    yield remade("moving.gif", "base.mov", "-t 1", fails="not in a video format that is taken here")
    yield changed("text.mp4", "base.mov", lambda data: b"no video at all\n" * 100, fails="it is no video", small=True)


def all_files():
    """In an order in which each comes behind what it is made from."""
    files = [*rates(), *containers(), *sounds(), *pictures(), *broken()]
    files.sort(key=lambda f: f.name.startswith("cut-no-index"))
    return files
