#include "archive_pack.h"

#include "deflate.h"
#include "log.h"
#include "utf8.h"

#include <zlib.h>

/* The same compression as the provider hashicorp/archive, so that digests in existing states stay
 * valid. */
static const DeflateSearch search_of_zip = {.chain = 32, .nice = 32};
static const DeflateSearch search_of_gzip = {.chain = 128, .nice = 128};

static void archive_pack_put(StrBuf *out, uint32_t number, size_t size) {
    for (size_t i = 0; i < size; i++)
        strbuf_add_char(out, (char)(unsigned char)(number >> (8 * i)));
}

/* zip format. */

#define ZIP_VERSION    20
#define ZIP_UNIX       (3 << 8)
#define ZIP_DATE       0x8a21 /* 1 January 2049, the constant date that hashicorp/archive writes */
#define ZIP_DESCRIPTOR 0x8    /* sizes and checksum follow the data */
#define ZIP_UTF8       0x800
#define ZIP_READ_ONLY  1U
#define ZIP_DEFLATED   8
#define MODE_FILE      0100000U
#define MODE_WRITABLE  0200U

/* Returns the flags. As in Go's archive/zip, which hashicorp/archive uses, a UTF-8 name gets the
 * UTF-8 flag unless all its characters are ASCII, printable, and neither a backslash nor ~. */
static uint32_t zip_flags(Str name) {
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if ((c < 0x20 || c > 0x7d || c == '\\') && utf8_valid_prefix(name) == name.len)
            return ZIP_DESCRIPTOR | ZIP_UTF8;
    }
    return ZIP_DESCRIPTOR;
}

typedef struct ZipEntry {
    const ArchiveEntry *entry;
    uint32_t offset, checksum, packed_size, mode;
} ZipEntry;

/* Writes the fields shared by the local header and the central directory, up to the date. */
static void put_start(StrBuf *out, const ZipEntry *zip) {
    archive_pack_put(out, ZIP_VERSION, 2);
    archive_pack_put(out, zip_flags(zip->entry->name), 2);
    archive_pack_put(out, ZIP_DEFLATED, 2);
    archive_pack_put(out, 0, 2);
    archive_pack_put(out, zip->entry->is_file ? ZIP_DATE : 0, 2);
}

static void put_sizes(StrBuf *out, const ZipEntry *zip) {
    archive_pack_put(out, zip->checksum, 4);
    archive_pack_put(out, zip->packed_size, 4);
    archive_pack_put(out, (uint32_t)zip->entry->bytes.len, 4);
}

static void put_local(StrBuf *out, ZipEntry *zip) {
    Str bytes = zip->entry->bytes;
    Str packed = deflate_bytes(bytes, search_of_zip, out->arena);
    zip->offset = (uint32_t)out->len;
    zip->packed_size = (uint32_t)packed.len;
    zip->checksum = (uint32_t)crc32_z(0, (const unsigned char *)bytes.ptr, bytes.len);
    archive_pack_put(out, 0x04034b50, 4);
    put_start(out, zip);
    archive_pack_put(out, 0, 4);
    archive_pack_put(out, 0, 4);
    archive_pack_put(out, 0, 4);
    archive_pack_put(out, (uint32_t)zip->entry->name.len, 2);
    archive_pack_put(out, 0, 2);
    strbuf_add(out, zip->entry->name);
    strbuf_add(out, packed);
    archive_pack_put(out, 0x08074b50, 4);
    put_sizes(out, zip);
    log_debug("archive entry", log_text("name", zip->entry->name),
              log_number("bytes", (int64_t)bytes.len), log_number("packed_bytes", zip->packed_size),
              log_number("offset", zip->offset), log_number("flags", zip_flags(zip->entry->name)),
              log_number("mode", zip->mode));
}

static void put_directory(StrBuf *out, const ZipEntry *zip) {
    bool has_mode = zip->entry->is_file;
    uint32_t attributes = has_mode ? (MODE_FILE | zip->mode) << 16 : 0;
    if (has_mode && !(zip->mode & MODE_WRITABLE))
        attributes |= ZIP_READ_ONLY;
    archive_pack_put(out, 0x02014b50, 4);
    archive_pack_put(out, ZIP_VERSION | (has_mode ? ZIP_UNIX : 0), 2);
    put_start(out, zip);
    put_sizes(out, zip);
    archive_pack_put(out, (uint32_t)zip->entry->name.len, 2);
    archive_pack_put(out, 0, 2); /* extra field */
    archive_pack_put(out, 0, 2); /* comment */
    archive_pack_put(out, 0, 2); /* disk */
    archive_pack_put(out, 0, 2);
    archive_pack_put(out, attributes, 4);
    archive_pack_put(out, zip->offset, 4);
    strbuf_add(out, zip->entry->name);
}

static Str pack_zip(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    ZipEntry *zip = arena_new_array(arena, ZipEntry, entries->count);
    for (size_t i = 0; i < entries->count; i++) {
        uint32_t mode = options->has_mode ? options->mode : entries->items[i].mode;
        zip[i] = (ZipEntry){.entry = &entries->items[i], .mode = mode};
        put_local(&out, &zip[i]);
    }
    uint32_t start = (uint32_t)out.len;
    for (size_t i = 0; i < entries->count; i++)
        put_directory(&out, &zip[i]);
    uint32_t size = (uint32_t)out.len - start;
    archive_pack_put(&out, 0x06054b50, 4);
    archive_pack_put(&out, 0, 4); /* disks */
    archive_pack_put(&out, (uint32_t)entries->count, 2);
    archive_pack_put(&out, (uint32_t)entries->count, 2);
    archive_pack_put(&out, size, 4);
    archive_pack_put(&out, start, 4);
    archive_pack_put(&out, 0, 2); /* comment */
    log_debug("archive packed", log_number("directory_offset", start),
              log_number("directory_bytes", size), log_number("bytes", (int64_t)out.len));
    return strbuf_str(&out);
}

/* tar format, POSIX. */

#define TAR_BLOCK  512
#define TAR_NAME   100
#define TAR_PREFIX 155

typedef struct TarHeader {
    char name[TAR_NAME];
    char mode[8], uid[8], gid[8];
    char size[12], mtime[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[8];
    char user[32], group[32];
    char major[8], minor[8];
    char prefix[TAR_PREFIX];
    char rest[12];
} TarHeader;
static_assert(sizeof(TarHeader) == TAR_BLOCK, "a header is a block");

static void put_octal(char *field, size_t size, uint64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%0*llo", (int)size - 1, (unsigned long long)number);
    memcpy(field, text, size);
}

static void put_header(StrBuf *out, TarHeader *header) {
    unsigned sum = 0;
    memset(header->checksum, ' ', sizeof header->checksum);
    for (size_t i = 0; i < sizeof *header; i++)
        sum += ((const unsigned char *)header)[i];
    put_octal(header->checksum, sizeof header->checksum - 1, sum);
    strbuf_add(out, (Str){(const char *)header, sizeof *header});
}

static TarHeader new_header(char type, uint32_t mode, uint64_t size) {
    TarHeader header = {.type = type,
                        .magic = "ustar\0"
                                 "0"};
    header.magic[7] = '0';
    put_octal(header.mode, sizeof header.mode, mode);
    put_octal(header.uid, sizeof header.uid, 0);
    put_octal(header.gid, sizeof header.gid, 0);
    put_octal(header.size, sizeof header.size, size);
    put_octal(header.mtime, sizeof header.mtime, 0);
    put_octal(header.major, sizeof header.major, 0);
    put_octal(header.minor, sizeof header.minor, 0);
    return header;
}

static void archive_pack_put_data(StrBuf *out, Str bytes) {
    strbuf_add(out, bytes);
    strbuf_add_repeat(out, 0, (TAR_BLOCK - bytes.len % TAR_BLOCK) % TAR_BLOCK);
}

/* Splits a name at a slash into name and prefix; returns false if it does not fit or is not
 * ASCII. */
static bool set_name(TarHeader *header, Str name) {
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80)
            return false;
    }
    size_t cut = 0;
    if (name.len > TAR_NAME) {
        size_t limit = name.len > TAR_PREFIX + 1 ? TAR_PREFIX + 1 : name.len - 1;
        cut = str_rfind_char(str_slice(name, 0, limit), '/');
        if (cut == SIZE_MAX || cut == 0 || name.len - cut - 1 > TAR_NAME)
            return false;
        memcpy(header->prefix, name.ptr, cut);
        name = str_after(name, cut + 1);
    }
    memcpy(header->name, name.ptr, name.len);
    return true;
}

/* Returns "LENGTH path=NAME\n"; LENGTH includes its own digits. */
static Str path_record(Str name, Arena *arena) {
    size_t size = name.len + sizeof " path=\n" - 1, digits = 1;
    for (size_t total = 0; digits < 20; digits++) {
        total = size + digits;
        if ((size_t)snprintf(NULL, 0, "%zu", total) == digits)
            return str_format(arena, "%zu path=%.*s\n", total, STR_ARG(name));
    }
    return STR_EMPTY;
}

static void put_long_name(StrBuf *out, TarHeader *header, Str name) {
    Str record = path_record(name, out->arena);
    TarHeader extended = new_header('x', 0, record.len);
    memset(extended.major, 0, sizeof extended.major + sizeof extended.minor);
    Str directory = disk_directory_of(name);
    Str at = disk_join(disk_join(directory, STR("PaxHeaders.0"), out->arena), disk_name_of(name),
                       out->arena);
    char *targets[] = {extended.name, header->name};
    Str sources[] = {at, name};
    for (size_t t = 0; t < 2; t++) {
        size_t length = 0;
        for (size_t i = 0; i < sources[t].len && length < TAR_NAME; i++) {
            if ((unsigned char)sources[t].ptr[i] < 0x80)
                targets[t][length++] = sources[t].ptr[i];
        }
    }
    put_header(out, &extended);
    archive_pack_put_data(out, record);
}

static Str pack_tar(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(entries, entry) {
        uint32_t mode = options->has_mode ? options->mode : entry->mode;
        TarHeader header = new_header('0', mode, entry->bytes.len);
        if (!set_name(&header, entry->name))
            put_long_name(&out, &header, entry->name);
        put_header(&out, &header);
        archive_pack_put_data(&out, entry->bytes);
        log_debug("archive entry", log_text("name", entry->name),
                  log_number("bytes", (int64_t)entry->bytes.len), log_number("mode", mode),
                  log_number("end", (int64_t)out.len));
    }
    strbuf_add_repeat(&out, 0, 2 * (size_t)TAR_BLOCK);
    return strbuf_str(&out);
}

static Str pack_tar_gz(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena) {
    static const Str header =
        STR_CONST("\x1f\x8b\x08\0\0\0\0\0\0\xff"); /* no time, unknown system */
    StrBuf out = strbuf_new(arena);
    Str tar = pack_tar(entries, options, arena);
    strbuf_add(&out, header);
    strbuf_add(&out, deflate_bytes(tar, search_of_gzip, arena));
    archive_pack_put(&out, (uint32_t)crc32_z(0, (const unsigned char *)tar.ptr, tar.len), 4);
    archive_pack_put(&out, (uint32_t)tar.len, 4);
    log_debug(
        "archive packed", log_number("tar_bytes", (int64_t)tar.len),
        log_number("bytes", (int64_t)out.len),
        log_number("tar_crc32", (int64_t)crc32_z(0, (const unsigned char *)tar.ptr, tar.len)));
    return strbuf_str(&out);
}

Str archive_pack(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena) {
    return options->is_zip ? pack_zip(entries, options, arena)
                           : pack_tar_gz(entries, options, arena);
}
