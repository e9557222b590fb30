/* Matches without recursion: after a mismatch, the last "*" matches one more character. */
#include "ssh_known_hosts.h"

#include <ctype.h>

bool ssh_match_pattern(Str pattern, Str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || tolower((unsigned char)pattern.ptr[p]) ==
                                                 tolower((unsigned char)name.ptr[n]))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}
