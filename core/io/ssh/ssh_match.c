/* Matches without recursion: after a mismatch, the last "*" matches one more character. */
#include "ssh_match.h"

#include <ctype.h>

static bool match_is_same(char pattern, char c) {
    return pattern == '?' || tolower((unsigned char)pattern) == tolower((unsigned char)c);
}

bool ssh_match_pattern(Str pattern, Str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len && match_is_same(pattern.ptr[p], name.ptr[n])) {
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
