/* kube_frames: one buffer, emptied from the front before it grows. */
#include "kube_frames.h"

KubeFrames kube_frames_new(Arena *arena) {
    return (KubeFrames){.text = strbuf_new(arena)};
}

void kube_frames_add(KubeFrames *frames, Str piece) {
    StrBuf *text = &frames->text;
    if (frames->start) {
        memmove(text->ptr, text->ptr + frames->start, text->len - frames->start);
        text->len -= frames->start;
        frames->scanned -= frames->start;
        frames->start = 0;
    }
    strbuf_add(text, piece);
}

bool kube_frames_next(KubeFrames *frames, Str *line) {
    Str text = strbuf_str(&frames->text);
    size_t end = str_find_char(text, '\n', frames->scanned);
    if (end == SIZE_MAX) {
        frames->scanned = text.len;
        return false;
    }
    *line = str_slice(text, frames->start, end);
    frames->start = frames->scanned = end + 1;
    return true;
}

Str kube_frames_rest(const KubeFrames *frames) {
    return str_after(strbuf_str(&frames->text), frames->start);
}
