/* random_draw: unbiased choices from the system's random bytes. */
#pragma once

#include "str.h"

/* 0 … limit - 1, each as likely; limit is not 0. */
uint64_t random_draw_below(uint64_t limit);
char random_draw_char(Str alphabet);
void random_draw_shuffle(char *text, size_t count);
