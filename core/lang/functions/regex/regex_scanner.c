/* regex_scanner: reads the text of a regular expression from left to right. */
#include "regex_scanner.h"

#include "utf8.h"

bool regex_scanner_fail(RegexScanner *scanner, const char *what, Str part) {
    *scanner->error = str_format(scanner->arena, "%s in %.*s", what, STR_ARG(part));
    return false;
}

Str regex_scanner_part(const RegexScanner *scanner, size_t start) {
    return str_slice(scanner->text, start, scanner->at);
}

char regex_scanner_peek(const RegexScanner *scanner, size_t ahead) {
    size_t at = scanner->at + ahead;
    return at < scanner->text.len ? scanner->text.ptr[at] : '\0';
}

bool regex_scanner_is_at_end(const RegexScanner *scanner) {
    return scanner->at >= scanner->text.len;
}

bool regex_scanner_accept(RegexScanner *scanner, Str text) {
    if (!str_starts_with(str_after(scanner->text, scanner->at), text))
        return false;
    scanner->at += text.len;
    return true;
}

uint32_t regex_scanner_next(RegexScanner *scanner) {
    size_t width = 1;
    uint32_t code_point = utf8_decode(scanner->text, scanner->at, &width);
    scanner->at += width;
    return code_point;
}
