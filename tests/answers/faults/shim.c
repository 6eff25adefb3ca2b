/* Stands between a process and its disk, for tests: LD_PRELOAD it into the process that is tried.
 *
 * Every create, write, truncate, sync, rename and unlink of files below KFL_SHIM_FOLDER is put into the log
 * KFL_SHIM_LOG, in the order in which it happened, with the bytes that were written. Writes and syncs can be
 * made to fail or to take long by the numbers in the shared file KFL_SHIM_CONTROL (shim.py names them). A file
 * called "ledger" is logged but never fails: it is what the client noted, so that the log also tells what had
 * been acknowledged at each point.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
    int64_t writes, write_from, write_to, write_errno;
    int64_t syncs, sync_from, sync_to, sync_errno, sync_delay_us;
    int64_t real_syncs;
};

struct header {
    char op;
    char unused;
    uint16_t path_bytes;
    uint32_t data_bytes;
    int64_t offset;
};

static struct control nothing = {.real_syncs = 1};
static struct control *control = &nothing;
static const char *folder;
static size_t folder_bytes;
static int log_fd = -1;

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    const char *log = getenv("KFL_SHIM_LOG"), *shared = getenv("KFL_SHIM_CONTROL");
    folder = getenv("KFL_SHIM_FOLDER");
    folder_bytes = folder ? strlen(folder) : 0;
    if (log)
        log_fd = real_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int fd = shared ? real_open(shared, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *place = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (place != MAP_FAILED)
            control = place;
        close(fd);
    }
}

static int is_below(const char *path) {
    return folder_bytes && strncmp(path, folder, folder_bytes) == 0
        && (path[folder_bytes] == '/' || path[folder_bytes] == 0);
}

/* The path of an open file, or 0 when it is none of ours. */
static int path_of(int fd, char *path) {
    char link[32];
    if (!folder_bytes || fd == log_fd)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0)
        return 0;
    path[n] = 0;
    return is_below(path);
}

static int is_ledger(const char *path) {
    const char *name = strrchr(path, '/');
    return name && strcmp(name, "/ledger") == 0;
}

/* One record in one call: appends of several processes never mix. */
static void note(char op, const char *path, int64_t offset, const void *data, size_t bytes) {
    struct header head = {op, 0, (uint16_t)strlen(path), (uint32_t)bytes, offset};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path_bytes}, {(void *)data, bytes}};
    REAL(writev);
    if (log_fd >= 0 && real(log_fd, parts, 3) != (ssize_t)(sizeof head + head.path_bytes + bytes))
        abort(); /* a rig that forgets proves nothing */
}

/* Whether this call shall fail; counts it. */
static int fails(int64_t *count, int64_t from, int64_t to, int64_t why) {
    int64_t n = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    if (!from || n < from || n > to)
        return 0;
    errno = (int)why;
    return 1;
}

static ssize_t put(int fd, const void *data, size_t bytes, int64_t offset, int at) {
    ssize_t (*real_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    ssize_t (*real_pwrite)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    char path[PATH_MAX];
    if (path_of(fd, path)) {
        struct stat now;
        int appends = fcntl(fd, F_GETFL) & O_APPEND;
        if (!is_ledger(path)
            && fails(&control->writes, control->write_from, control->write_to, control->write_errno)) {
            /* A disk that fills up takes the first part of the first write. */
            if (control->writes != control->write_from || control->write_errno != ENOSPC || bytes < 1024)
                return -1;
            bytes /= 2;
        }
        if (!at)
            offset = appends && fstat(fd, &now) == 0 ? now.st_size : lseek64(fd, 0, SEEK_CUR);
        note('w', path, offset, data, bytes);
    }
    return at ? real_pwrite(fd, data, bytes, offset) : real_write(fd, data, bytes);
}

ssize_t write(int fd, const void *data, size_t bytes) { return put(fd, data, bytes, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return put(fd, data, bytes, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) { return put(fd, data, bytes, offset, 1); }

static int sync_file(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    if (!path_of(fd, path) || is_ledger(path))
        return real(fd);
    if (control->sync_delay_us)
        usleep((useconds_t)control->sync_delay_us);
    note('f', path, 0, NULL, 0);
    if (fails(&control->syncs, control->sync_from, control->sync_to, control->sync_errno)) {
        int why = errno;
        note('E', path, 0, NULL, 0);
        errno = why;
        return -1;
    }
    int result = control->real_syncs ? real(fd) : 0;
    note(result == 0 ? 'F' : 'E', path, 0, NULL, 0);
    return result;
}

int fsync(int fd) { REAL(fsync); return sync_file(fd, real); }
int fdatasync(int fd) { REAL(fdatasync); return sync_file(fd, real); }

static int cut_file(int fd, int64_t size, int (*real)(int, off64_t)) {
    char path[PATH_MAX];
    if (path_of(fd, path))
        note('t', path, size, NULL, 0);
    return real(fd, size);
}

int ftruncate(int fd, off_t size) { return cut_file(fd, size, dlsym(RTLD_NEXT, "ftruncate64")); }
int ftruncate64(int fd, off64_t size) { return cut_file(fd, size, dlsym(RTLD_NEXT, "ftruncate64")); }

int unlink(const char *path) {
    REAL(unlink);
    int result = real(path);
    if (result == 0 && is_below(path))
        note('u', path, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    int result = real(from, to);
    if (result == 0 && is_below(from))
        note('r', from, 0, to, strlen(to));
    return result;
}

static int open_file(const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
    int is_new = is_below(path) && (flags & O_CREAT) && access(path, F_OK) != 0;
    int fd = real(path, flags, mode);
    if (fd >= 0 && is_new)
        note('c', path, 0, NULL, 0);
    else if (fd >= 0 && (flags & O_TRUNC) && is_below(path))
        note('t', path, 0, NULL, 0);
    return fd;
}

#define OPEN(name)                                                                                                  \
    int name(const char *path, int flags, ...) {                                                                    \
        va_list more;                                                                                               \
        va_start(more, flags);                                                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                     \
        va_end(more);                                                                                               \
        return open_file(path, flags, mode);                                                                        \
    }
OPEN(open)
OPEN(open64)
