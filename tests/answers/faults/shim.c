/* Stands between processes and their disk, for tests: LD_PRELOAD it into what is tried (and all that it forks).
 *
 * Every create, write, truncate, sync, rename and unlink of files below KFL_SHIM_FOLDER is put into the log
 * KFL_SHIM_LOG, in the order in which it happened, with the bytes that were written; writes through stdio, which
 * PostgreSQL uses for nothing that must last, are not seen. Another process may sync what this one writes, so a
 * write counts as made before a sync only when it had come back by then. Writes and syncs can be
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

#define MOST_PARTS 1024 /* IOV_MAX, more than anybody asks for at once */

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

/* The function that we stand before, looked up once: a signal's handler may write too. */
#define NEXT(real, name)                                                                                            \
    if (!real)                                                                                                      \
    real = dlsym(RTLD_NEXT, name)
#define REAL(name)                                                                                                  \
    static __typeof__(name) *real;                                                                                  \
    NEXT(real, #name)

__attribute__((constructor)) static void begin(void) {
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    const char *log = getenv("KFL_SHIM_LOG"), *shared = getenv("KFL_SHIM_CONTROL");
    folder = getenv("KFL_SHIM_FOLDER");
    folder = folder ? strdup(folder) : NULL; /* PostgreSQL writes its processes' titles over the environment */
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

/* The whole path of a name that a call was given, or 0 when it is none of ours. */
static int path_at(const char *name, char *path) {
    int why = errno;
    if (name[0] == '/') {
        if (strlen(name) >= PATH_MAX)
            return 0;
        strcpy(path, name);
    } else if (!getcwd(path, PATH_MAX) || strlen(path) + strlen(name) + 2 > PATH_MAX) {
        errno = why;
        return 0;
    } else {
        strcat(path, "/");
        strcat(path, name);
    }
    errno = why;
    return folder_bytes && is_below(path);
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

/* One record in one call, with the first bytes of these parts: appends of several processes never mix. */
static void note_parts(char op, const char *path, int64_t offset, const struct iovec *parts, size_t bytes) {
    struct header head = {op, 0, (uint16_t)strlen(path), (uint32_t)bytes, offset};
    struct iovec all[2 + MOST_PARTS] = {{&head, sizeof head}, {(void *)path, head.path_bytes}};
    size_t left = bytes;
    int used = 2;
    for (; left; parts++, used++) {
        all[used] = (struct iovec){parts->iov_base, parts->iov_len < left ? parts->iov_len : left};
        left -= all[used].iov_len;
    }
    REAL(writev);
    if (log_fd >= 0 && real(log_fd, all, used) != (ssize_t)(sizeof head + head.path_bytes + bytes))
        abort(); /* a rig that forgets proves nothing */
}

static void note(char op, const char *path, int64_t offset, const void *data, size_t bytes) {
    int why = errno;
    note_parts(op, path, offset, &(struct iovec){(void *)data, bytes}, bytes);
    errno = why;
}

/* Whether this call shall fail; counts it. */
static int fails(int64_t *count, int64_t from, int64_t to, int64_t why) {
    int64_t n = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    if (!from || n < from || n > to)
        return 0;
    errno = (int)why;
    return 1;
}

static size_t total(const struct iovec *parts, int count) {
    size_t bytes = 0;
    for (int n = 0; n < count; n++)
        bytes += parts[n].iov_len;
    return bytes;
}

/* A write at a place, or (`at` = 0) where the file stands. */
static ssize_t put(int fd, const struct iovec *parts, int count, int64_t offset, int at) {
    static ssize_t (*real_write)(int, const struct iovec *, int);
    static ssize_t (*real_pwrite)(int, const struct iovec *, int, off64_t);
    NEXT(real_write, "writev");
    NEXT(real_pwrite, "pwritev64");
    char path[PATH_MAX];
    if (!path_of(fd, path))
        return at ? real_pwrite(fd, parts, count, offset) : real_write(fd, parts, count);
    struct stat now;
    struct iovec half;
    size_t bytes = total(parts, count);
    if (!at)
        offset = (fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &now) == 0 ? now.st_size : lseek64(fd, 0, SEEK_CUR);
    if (is_ledger(path)) /* before anybody could act on it */
        note_parts('w', path, offset, parts, bytes);
    else if (fails(&control->writes, control->write_from, control->write_to, control->write_errno)) {
        /* A disk that fills up takes the first part of the first write. */
        if (control->writes != control->write_from || control->write_errno != ENOSPC || bytes < 1024)
            return -1;
        half = (struct iovec){parts->iov_base, parts->iov_len / 2};
        parts = &half;
        count = 1;
    }
    ssize_t done = at ? real_pwrite(fd, parts, count, offset) : real_write(fd, parts, count);
    if (done > 0 && !is_ledger(path)) {
        note_parts('w', path, offset, parts, (size_t)done);
        if (fcntl(fd, F_GETFL) & O_DSYNC) { /* a write and its sync in one */
            note('f', path, 0, NULL, 0);
            note('F', path, 0, NULL, 0);
        }
    }
    return done;
}

#define ONE(data, bytes) &(struct iovec){(void *)data, bytes}, 1
ssize_t write(int fd, const void *data, size_t bytes) { return put(fd, ONE(data, bytes), 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return put(fd, ONE(data, bytes), offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) { return put(fd, ONE(data, bytes), offset, 1); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return put(fd, parts, count, 0, 0); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return put(fd, parts, count, offset, 1); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return put(fd, parts, count, offset, 1);
}

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
    int result = real(fd, size);
    if (result == 0 && path_of(fd, path))
        note('t', path, size, NULL, 0);
    return result;
}

int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return cut_file(fd, size, real); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int truncate(const char *name, off_t size) {
    REAL(truncate);
    char path[PATH_MAX];
    int result = real(name, size);
    if (result == 0 && path_at(name, path))
        note('t', path, size, NULL, 0);
    return result;
}

/* Room is taken in advance; what is new in it reads as zeros. */
int posix_fallocate(int fd, off_t offset, off_t bytes) {
    REAL(posix_fallocate);
    char path[PATH_MAX];
    int result = real(fd, offset, bytes);
    if (result == 0 && path_of(fd, path))
        note('a', path, offset + bytes, NULL, 0);
    return result;
}

int mkdir(const char *name, mode_t mode) {
    REAL(mkdir);
    char path[PATH_MAX];
    int result = real(name, mode);
    if (result == 0 && path_at(name, path))
        note('d', path, 0, NULL, 0);
    return result;
}

int unlink(const char *name) {
    REAL(unlink);
    char path[PATH_MAX];
    int result = real(name);
    if (result == 0 && path_at(name, path))
        note('u', path, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    char path[PATH_MAX], fresh[PATH_MAX];
    int result = real(from, to);
    if (result == 0 && path_at(from, path) && path_at(to, fresh))
        note('r', path, 0, fresh, strlen(fresh));
    return result;
}

static int open_file(const char *name, int flags, mode_t mode) {
    static int (*real)(const char *, int, ...);
    NEXT(real, "open64");
    char path[PATH_MAX];
    int changes = (flags & (O_CREAT | O_TRUNC)) && path_at(name, path);
    int is_new = changes && (flags & O_CREAT) && access(path, F_OK) != 0;
    int fd = real(name, flags, mode);
    if (fd >= 0 && changes && (is_new || (flags & O_TRUNC)))
        note(is_new ? 'c' : 't', path, 0, NULL, 0);
    return fd;
}

#define OPEN(name)                                                                                                  \
    int name(const char *file, int flags, ...) {                                                                    \
        va_list more;                                                                                               \
        va_start(more, flags);                                                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                     \
        va_end(more);                                                                                               \
        return open_file(file, flags, mode);                                                                        \
    }
OPEN(open)
OPEN(open64)
