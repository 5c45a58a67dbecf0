/* SPDX-License-Identifier: Apache-2.0
 * embed NAME OUT FILE...: files as one C table, so that the binary needs no files beside it.
 *
 * Writes `const struct en_embedded NAME[]`, ended by an entry without a name; the name of an entry
 * is the file's name without its folder. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static int write_bytes(FILE *out, const char *path, int index)
{
    FILE *in = fopen(path, "rb");
    int byte, column = 0;

    if (in == NULL) {
        perror(path);
        return 1;
    }
    (void)fprintf(out, "static const char BYTES_%d[] = {", index);
    while ((byte = fgetc(in)) != EOF) {
        (void)fprintf(out, "%s%d,", column++ % 24 == 0 ? "\n" : "", byte < 128 ? byte : byte - 256);
    }
    (void)fprintf(out, "0};\n");
    return fclose(in);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fprintf(stderr, "usage: embed NAME OUT FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[2], "wb");

    if (out == NULL) {
        perror(argv[2]);
        return 1;
    }
    (void)fprintf(out, "#include \"base/embedded.h\"\n");
    for (int i = 3; i < argc; i++) {
        if (write_bytes(out, argv[i], i) != 0) {
            return 1;
        }
    }
    (void)fprintf(out, "const struct en_embedded %s[] = {\n", argv[1]);
    for (int i = 3; i < argc; i++) {
        (void)fprintf(out, "{\"%s\", BYTES_%d, sizeof BYTES_%d - 1},\n", base_name(argv[i]), i, i);
    }
    (void)fprintf(out, "{0, 0, 0}};\n");
    return fclose(out) == 0 ? 0 : 1;
}
