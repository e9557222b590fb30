/* Unbiased choices. */
#include "random_draw.h"

#include "digest.h"

uint64_t random_draw_below(uint64_t limit) {
    CHECK(limit > 0);
    uint64_t rest = (UINT64_MAX % limit + 1) % limit; /* what does not fill a whole round */
    uint64_t bits;
    do
        digest_random(&bits, sizeof bits);
    while (bits > UINT64_MAX - rest);
    return bits % limit;
}

char random_draw_char(Str alphabet) {
    return alphabet.ptr[random_draw_below(alphabet.len)];
}

void random_draw_shuffle(char *text, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_draw_below(i);
        char swap = text[i - 1];
        text[i - 1] = text[j];
        text[j] = swap;
    }
}
