#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The names in a folder, by themselves: nothing is opened, and no link followed.
package enum FolderListing {
    /// Goes through an open folder, in no order; `.` and `..` are among the names.
    ///
    /// The inode is the one that the folder tells. A folder that cannot be read has no names.
    package static func each(in folder: Int32, _ body: (_ name: String, _ inode: Int64) -> Void) {
        let descriptor = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            body(name, Int64(truncatingIfNeeded: entry.pointee.d_ino))
        }
    }

    /// The same for a folder that a path leads to.
    package static func each(at path: String, _ body: (_ name: String, _ inode: Int64) -> Void) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        each(in: descriptor, body)
    }
}
