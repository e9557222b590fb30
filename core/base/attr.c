/* Ends the process after a failed CHECK. */
#include "attr.h"

NO_RETURN void check_failed(const char *condition, const char *file, int line) {
    dprintf(2, "loam: internal error: CHECK(%s) at %s:%d\n", condition, file, line);
    abort();
}
