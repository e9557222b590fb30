#include "random_draw.h"

#include "random.h"

uint64_t random_draw_below(uint64_t limit) {
    CHECK(limit > 0);
    uint64_t rest = (UINT64_MAX % limit + 1) %
                    limit; /* numbers above the largest multiple of `limit` would bias the result */
    uint64_t bits;
    do
        random_fill(&bits, sizeof bits);
    while (bits > UINT64_MAX - rest);
    return bits % limit;
}
