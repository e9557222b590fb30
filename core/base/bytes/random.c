/* Random bytes of the kernel. */
#include "random.h"

#include "attr.h"

#include <errno.h>
#include <sys/random.h>

void random_fill(void *out, size_t size) {
    char *bytes = out;
    while (size) {
        ssize_t got = getrandom(bytes, size, 0);
        CHECK(got > 0 || errno == EINTR);
        if (got <= 0)
            continue;
        bytes += got;
        size -= (size_t)got;
    }
}
