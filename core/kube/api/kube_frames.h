/* KubeFrames: splits a stream into lines, wherever its pieces begin and end. The time is linear in
 * the bytes, also for a long line in small pieces. */
#pragma once

#include "str.h"

typedef struct KubeFrames {
    StrBuf text;
    size_t start;   /* of the first incomplete line */
    size_t scanned; /* no newline is between start and here */
} KubeFrames;

KubeFrames kube_frames_new(Arena *arena);
void kube_frames_add(KubeFrames *frames, Str piece);
/* Returns the next complete line, without its newline; valid until the next kube_frames_add. */
MUST_USE bool kube_frames_next(KubeFrames *frames, Str *line);
/* Returns the bytes after the last newline. */
Str kube_frames_rest(const KubeFrames *frames);
