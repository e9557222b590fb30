/* deflate: compression by RFC 1951: hash chains, lazy matches, the smallest kind of block.
 *
 * States hold digests of archives, so the output must never change. zlib makes other choices, which
 * its next release may change. Limits, search order and tie-breaking therefore match the compressor
 * of the provider hashicorp/archive. Positions refer to the whole input; `base` is the first
 * position still in reach of the search, as with a buffer of 64 KiB. */
#include "deflate.h"

#include "vec.h"

#define WINDOW       32768
#define HASH_BITS    17
#define MATCH_MIN    4
#define MATCH_MAX    258
#define SHORT_REACH  4096 /* maximum distance of a match of MATCH_MIN */
#define LAZY         16 /* a match of at least this length is used without looking for a better one */
#define TOKENS_MAX   16384
#define STORED_MAX   65535
#define LITERALS     286
#define DISTANCES    30
#define LENGTH_CODES 19
#define END          256
#define CODE_BITS    15

/* A literal byte or a match. */
typedef struct Token {
    uint16_t length; /* 0: literal */
    uint16_t value;  /* byte, or distance - 1 */
} Token;

typedef struct Code {
    uint16_t bits;
    uint16_t size; /* 0: unused */
} Code;

typedef struct Deflate {
    Str in;
    DeflateSearch search;
    StrBuf out;
    uint64_t bits;
    unsigned bit_count;
    uint32_t *head;   /* by hash: last position + 1; 0: none */
    uint32_t *before; /* by position modulo WINDOW: previous position with the same hash, + 1 */
    size_t base;
    size_t block_start;
    Token *tokens;
    size_t token_count;
} Deflate;

static void put_bits(Deflate *d, uint32_t bits, unsigned count) {
    d->bits |= (uint64_t)bits << d->bit_count;
    d->bit_count += count;
    for (; d->bit_count >= 8; d->bit_count -= 8, d->bits >>= 8)
        strbuf_add_char(&d->out, (char)(unsigned char)d->bits);
}

static void put_code(Deflate *d, Code code) {
    put_bits(d, code.bits, code.size);
}

static void put_stored_header(Deflate *d, size_t size, bool is_final) {
    put_bits(d, is_final, 3);
    if (d->bit_count > 0)
        put_bits(d, 0, 8 - d->bit_count);
    put_bits(d, (uint32_t)size, 16);
    put_bits(d, (uint32_t)size ^ 0xffff, 16);
}

/* Lengths and distances are a code followed by extra bits. */

typedef struct Range {
    unsigned code;
    unsigned base;
    unsigned more;
} Range;

/* Codes in groups of `group`. The first two groups have no extra bits; each later group has one
 * more than the previous one. */
static Range range_of(unsigned value, unsigned group) {
    unsigned more = 0, base = 0, code = 0, plain = 2 * group;
    if (value < plain)
        return (Range){value, value, 0};
    base = plain;
    code = plain;
    for (more = 1; value >= base + (group << more); more++) {
        base += group << more;
        code += group;
    }
    unsigned step = (value - base) >> more;
    return (Range){code + step, base + (step << more), more};
}

static Range length_range(unsigned length) {
    if (length == MATCH_MAX)
        return (Range){28, MATCH_MAX - 3, 0};
    return range_of(length - 3, 4);
}

static Range distance_range(unsigned value) {
    return range_of(value, 2);
}

/* Huffman codes. */

typedef struct Symbol {
    uint16_t symbol;
    uint32_t count;
} Symbol;

static int compare_symbols(const void *a, const void *b) {
    const Symbol *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return x->symbol - y->symbol;
}

static int deflate_compare_names(const void *a, const void *b) {
    return ((const Symbol *)a)->symbol - ((const Symbol *)b)->symbol;
}

/* A node of a level: a symbol, or a pair of nodes of the level below. */
typedef struct Packet {
    uint64_t weight;
    bool is_pair;
} Packet;

/* sizes[i] is the code length of symbol i, in the order of counts. Package-merge: each level merges
 * the symbols with pairs of the level below, pairs before symbols of equal weight. */
static void find_sizes(const Symbol *symbols, size_t count, size_t limit, uint16_t *sizes,
                       Arena *arena) {
    size_t room = 2 * count;
    Packet *levels = arena_new_array(arena, Packet, room * limit);
    size_t *filled = arena_new_array(arena, size_t, limit);
    for (size_t level = 0; level < limit; level++) {
        const Packet *below = level > 0 ? levels + (level - 1) * room : NULL;
        size_t pairs = level > 0 ? filled[level - 1] / 2 : 0, s = 0, p = 0;
        Packet *here = levels + level * room;
        for (filled[level] = 0; s < count || p < pairs; filled[level]++) {
            uint64_t pair = p < pairs ? below[2 * p].weight + below[2 * p + 1].weight : UINT64_MAX;
            bool is_pair = s == count || pair <= symbols[s].count;
            here[filled[level]] = (Packet){is_pair ? pair : symbols[s].count, is_pair};
            s += !is_pair;
            p += is_pair;
        }
    }
    size_t taken = 2 * count - 2;
    memset(sizes, 0, count * sizeof *sizes);
    for (size_t level = limit; level > 0; level--) {
        size_t pairs = 0, s = 0;
        for (size_t i = 0; i < taken; i++) {
            if (levels[(level - 1) * room + i].is_pair)
                pairs++;
            else
                sizes[s++]++;
        }
        taken = 2 * pairs;
    }
}

static uint16_t reversed(uint16_t bits, unsigned size) {
    uint16_t out = 0;
    for (unsigned i = 0; i < size; i++)
        out = (uint16_t)(out << 1 | (bits >> i & 1));
    return out;
}

/* Assigns canonical codes: shorter ones first, equal lengths in the order of the symbols. */
static void deflate_assign(Code *codes, Symbol *symbols, const uint16_t *sizes, size_t count) {
    uint32_t next = 0;
    size_t end = count;
    for (uint16_t size = 1; end > 0; size++) {
        size_t start = end;
        next <<= 1;
        while (start > 0 && sizes[start - 1] == size)
            start--;
        if (start == end)
            continue;
        qsort(symbols + start, end - start, sizeof *symbols, deflate_compare_names);
        for (size_t i = start; i < end; i++)
            codes[symbols[i].symbol] = (Code){reversed((uint16_t)next++, size), size};
        end = start;
    }
}

static void make_codes(const uint32_t *counts, size_t total, size_t limit, Code *codes,
                       Arena *arena) {
    Symbol symbols[LITERALS];
    uint16_t sizes[LITERALS];
    size_t used = 0;
    memset(codes, 0, total * sizeof *codes);
    for (size_t i = 0; i < total; i++) {
        if (counts[i] > 0)
            symbols[used++] = (Symbol){(uint16_t)i, counts[i]};
    }
    for (size_t i = 0; used <= 2 && i < used; i++)
        codes[symbols[i].symbol] = (Code){(uint16_t)i, 1};
    if (used <= 2)
        return;
    qsort(symbols, used, sizeof *symbols, compare_symbols);
    find_sizes(symbols, used, limit < used - 1 ? limit : used - 1, sizes, arena);
    deflate_assign(codes, symbols, sizes, used);
}

static void make_fixed_codes(Code *literals, Code *distances) {
    for (unsigned i = 0; i < LITERALS; i++) {
        unsigned size = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
        unsigned bits = i < 144 ? i + 48 : i < 256 ? i + 256 : i < 280 ? i - 256 : i - 88;
        literals[i] = (Code){reversed((uint16_t)bits, size), (uint16_t)size};
    }
    for (unsigned i = 0; i < DISTANCES; i++)
        distances[i] = (Code){reversed((uint16_t)i, 5), 5};
}

static size_t total_bits(const uint32_t *counts, const Code *codes, size_t total) {
    size_t bits = 0;
    for (size_t i = 0; i < total; i++)
        bits += (size_t)counts[i] * codes[i].size;
    return bits;
}

/* Blocks. */

typedef struct CodeText {
    uint8_t symbol;
    uint8_t value; /* for 16, 17, 18: the repetitions beyond the minimum */
} CodeText;

typedef struct BlockPlan {
    uint32_t literals[LITERALS], distances[DISTANCES], lengths[LENGTH_CODES];
    Code literal_codes[LITERALS], distance_codes[DISTANCES], length_codes[LENGTH_CODES];
    size_t literal_count, distance_count, length_count;
    VEC(CodeText) text; /* code lengths of both codes */
} BlockPlan;

static const uint8_t length_order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};

static void deflate_add_text(BlockPlan *plan, uint8_t symbol, size_t value, Arena *arena) {
    CodeText text = {symbol, (uint8_t)value};
    vec_push(arena, &plan->text, text);
    plan->lengths[symbol]++;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static void add_run(BlockPlan *plan, uint8_t size, size_t count, Arena *arena) {
    if (size != 0) {
        deflate_add_text(plan, size, 0, arena);
        count--;
        while (count >= 3) {
            size_t n = smaller(count, 6);
            deflate_add_text(plan, 16, n - 3, arena);
            count -= n;
        }
    } else {
        while (count >= 11) {
            size_t n = smaller(count, 138);
            deflate_add_text(plan, 18, n - 11, arena);
            count -= n;
        }
        if (count >= 3) {
            deflate_add_text(plan, 17, count - 3, arena);
            count = 0;
        }
    }
    for (; count > 0; count--)
        deflate_add_text(plan, size, 0, arena);
}

static void describe_codes(BlockPlan *plan, Arena *arena) {
    uint8_t sizes[LITERALS + DISTANCES];
    size_t total = plan->literal_count + plan->distance_count;
    for (size_t i = 0; i < plan->literal_count; i++)
        sizes[i] = (uint8_t)plan->literal_codes[i].size;
    for (size_t i = 0; i < plan->distance_count; i++)
        sizes[plan->literal_count + i] = (uint8_t)plan->distance_codes[i].size;
    for (size_t i = 0, end; i < total; i = end) {
        for (end = i + 1; end < total && sizes[end] == sizes[i];)
            end++;
        add_run(plan, sizes[i], end - i, arena);
    }
    make_codes(plan->lengths, LENGTH_CODES, 7, plan->length_codes, arena);
    plan->length_count = LENGTH_CODES;
    while (plan->length_count > 4 && plan->lengths[length_order[plan->length_count - 1]] == 0)
        plan->length_count--;
}

static BlockPlan *plan_block(const Deflate *d, size_t *more_bits, Arena *arena) {
    BlockPlan *plan = arena_new(arena, BlockPlan);
    *plan = (BlockPlan){0};
    plan->literals[END] = 1;
    for (size_t i = 0; i < d->token_count; i++) {
        Token token = d->tokens[i];
        if (token.length == 0) {
            plan->literals[token.value]++;
            continue;
        }
        Range length = length_range(token.length), distance = distance_range(token.value);
        plan->literals[END + 1 + length.code]++;
        plan->distances[distance.code]++;
        *more_bits += length.more + distance.more;
    }
    plan->literal_count = LITERALS;
    while (plan->literals[plan->literal_count - 1] == 0)
        plan->literal_count--;
    plan->distance_count = DISTANCES;
    while (plan->distance_count > 0 && plan->distances[plan->distance_count - 1] == 0)
        plan->distance_count--;
    if (plan->distance_count == 0) {
        plan->distances[0] = 1; /* the format requires at least one */
        plan->distance_count = 1;
    }
    make_codes(plan->literals, LITERALS, CODE_BITS, plan->literal_codes, arena);
    make_codes(plan->distances, DISTANCES, CODE_BITS, plan->distance_codes, arena);
    describe_codes(plan, arena);
    return plan;
}

static size_t dynamic_bits(const BlockPlan *plan) {
    return 3 + 5 + 5 + 4 + (size_t)3 * plan->length_count +
           total_bits(plan->lengths, plan->length_codes, LENGTH_CODES) +
           (size_t)plan->lengths[16] * 2 + (size_t)plan->lengths[17] * 3 +
           (size_t)plan->lengths[18] * 7 +
           total_bits(plan->literals, plan->literal_codes, LITERALS) +
           total_bits(plan->distances, plan->distance_codes, DISTANCES);
}

static void put_dynamic_header(Deflate *d, const BlockPlan *plan) {
    put_bits(d, 4, 3);
    put_bits(d, (uint32_t)plan->literal_count - 257, 5);
    put_bits(d, (uint32_t)plan->distance_count - 1, 5);
    put_bits(d, (uint32_t)plan->length_count - 4, 4);
    for (size_t i = 0; i < plan->length_count; i++)
        put_bits(d, plan->length_codes[length_order[i]].size, 3);
    vec_each(&plan->text, text) {
        put_code(d, plan->length_codes[text->symbol]);
        if (text->symbol >= 16)
            put_bits(d, text->value, text->symbol == 16 ? 2 : text->symbol == 17 ? 3 : 7);
    }
}

static void put_tokens(Deflate *d, const Code *literals, const Code *distances) {
    for (size_t i = 0; i < d->token_count; i++) {
        Token token = d->tokens[i];
        if (token.length == 0) {
            put_code(d, literals[token.value]);
            continue;
        }
        Range length = length_range(token.length), distance = distance_range(token.value);
        put_code(d, literals[END + 1 + length.code]);
        put_bits(d, token.length - 3 - length.base, length.more);
        put_code(d, distances[distance.code]);
        put_bits(d, token.value - distance.base, distance.more);
    }
    put_code(d, literals[END]);
}

/* Writes the tokens so far as a block that ends before `end`: stored, with fixed codes or with
 * dynamic codes, whichever is smallest. */
static void end_block(Deflate *d, size_t end) {
    SCOPED(ArenaRef) arena = arena_open("block");
    Code literals[LITERALS], distances[DISTANCES];
    size_t more_bits = 0, size = end - d->block_start;
    bool can_store = d->block_start >= d->base && size <= STORED_MAX;
    BlockPlan *plan = plan_block(d, &more_bits, arena);
    make_fixed_codes(literals, distances);
    size_t fixed = 3 + total_bits(plan->literals, literals, LITERALS) +
                   total_bits(plan->distances, distances, DISTANCES);
    size_t dynamic = dynamic_bits(plan), least = smaller(fixed, dynamic);
    if (can_store && (size + 5) * 8 < least + more_bits) {
        put_stored_header(d, size, false);
        strbuf_add(&d->out, str_slice(d->in, d->block_start, end));
    } else if (dynamic < fixed) {
        put_dynamic_header(d, plan);
        put_tokens(d, plan->literal_codes, plan->distance_codes);
    } else {
        put_bits(d, 2, 3);
        put_tokens(d, literals, distances);
    }
    d->block_start = end;
    d->token_count = 0;
}

/* Match search. */

static uint32_t hash_at(const Deflate *d, size_t at) {
    const unsigned char *b = (const unsigned char *)d->in.ptr + at;
    uint32_t four = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return (four * 0x1e35a7bdU) >> (32 - HASH_BITS);
}

/* Returns the previous head of the chain, as position + 1. */
static uint32_t deflate_insert(Deflate *d, size_t at) {
    uint32_t *head = &d->head[hash_at(d, at)];
    uint32_t before = *head;
    d->before[at % WINDOW] = before;
    *head = (uint32_t)at + 1;
    return before;
}

static size_t equal_bytes(Str in, size_t a, size_t b, size_t most) {
    size_t n = 0;
    while (n < most && in.ptr[a + n] == in.ptr[b + n])
        n++;
    return n;
}

static Token find_match(const Deflate *d, size_t at, int64_t candidate) {
    size_t most = smaller(d->in.len - at, MATCH_MAX), nice = smaller(most, d->search.nice);
    size_t length = MATCH_MIN - 1;
    Token found = {0};
    int64_t oldest = (int64_t)at - WINDOW;
    for (unsigned tries = d->search.chain; tries > 0; tries--) {
        size_t n = equal_bytes(d->in, (size_t)candidate, at, most);
        size_t distance = at - (size_t)candidate;
        if (n > length && (n > MATCH_MIN || distance <= SHORT_REACH)) {
            length = n;
            found = (Token){(uint16_t)n, (uint16_t)(distance - 1)};
            if (n >= nice)
                break;
        }
        if (candidate == oldest)
            break;
        candidate = (int64_t)d->before[candidate % WINDOW] - 1;
        if (candidate < oldest || candidate < (int64_t)d->base)
            break;
    }
    return found;
}

static void put_token(Deflate *d, Token token, size_t end) {
    d->tokens[d->token_count++] = token;
    if (d->token_count == TOKENS_MAX)
        end_block(d, end);
}

static void compress_blocks(Deflate *d) {
    size_t size = d->in.len, insert_end = size > 3 ? size - 3 : 0, at = 0;
    int64_t chain = -1;
    Token match = {0};
    bool has_literal =
        false; /* the byte before `at` is pending: a longer match may start at `at` */
    while (at < size) {
        if (at - d->base > (size_t)2 * WINDOW - MATCH_MIN - MATCH_MAX &&
            size > d->base + (size_t)2 * WINDOW)
            d->base += WINDOW;
        if (at < insert_end)
            chain = (int64_t)deflate_insert(d, at) - 1;
        Token before = match;
        size_t before_length = before.length ? before.length : MATCH_MIN - 1;
        int64_t oldest = (int64_t)at - WINDOW;
        if (oldest < (int64_t)d->base)
            oldest = (int64_t)d->base;
        match = (Token){0};
        if (chain >= oldest && size - at > before_length && before_length < LAZY)
            match = find_match(d, at, chain);
        if (before.length >= MATCH_MIN && match.length <= before.length) {
            size_t next = at + before.length - 1;
            for (at++; at < next; at++) {
                if (at < insert_end)
                    (void)deflate_insert(d, at);
            }
            has_literal = false;
            match = (Token){0};
            put_token(d, before, at);
        } else {
            if (has_literal)
                put_token(d, (Token){0, (unsigned char)d->in.ptr[at - 1]}, at);
            has_literal = true;
            at++;
        }
    }
    if (has_literal)
        d->tokens[d->token_count++] = (Token){0, (unsigned char)d->in.ptr[at - 1]};
    if (d->token_count > 0)
        end_block(d, at);
}

Str deflate_bytes(Str bytes, DeflateSearch search, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("deflate");
    Deflate d = {
        .in = bytes,
        .search = search,
        .out = strbuf_new(arena),
        .head = arena_new_array(scratch, uint32_t, (size_t)1 << HASH_BITS),
        .before = arena_new_array(scratch, uint32_t, WINDOW),
        .tokens = arena_new_array(scratch, Token, TOKENS_MAX + 1),
    };
    CHECK(bytes.len < UINT32_MAX);
    memset(d.head, 0, sizeof *d.head << HASH_BITS);
    memset(d.before, 0, sizeof *d.before * WINDOW);
    compress_blocks(&d);
    put_stored_header(&d, 0, true);
    return strbuf_str(&d.out);
}
