import Testing

@testable import Deployments

struct InventoryLocationTests {
    @Test func `the nearest file above the current folder counts, up to the repository`() throws {
        let scratch = try Scratch()
        let outer = try scratch.write("ccrun.yml", "")
        let deep = try scratch.makeFolder("repository/src/deep")
        let locate = {
            try Inventory.locate(explicit: nil, currentFolder: deep, environment: [:])
        }
        #expect(try locate() == outer)
        try scratch.makeFolder("repository/.git")
        #expect(try locate() == nil)
        let own = try scratch.write("repository/ccrun.yml", "")
        #expect(try locate() == own)
        try scratch.makeFolder("repository/src/ccrun.yml")
        #expect(try locate() == own)
        let nearest = try scratch.write("repository/src/deep/ccrun.yml", "")
        #expect(try locate() == nearest)
    }

    @Test func `the user's own file comes last`() throws {
        let scratch = try Scratch()
        let folder = try scratch.makeFolder("repository/.git/..")
        let own = try scratch.write("home/.config/ccrun/config.yml", "")
        let moved = try scratch.write("config/ccrun/config.yml", "")
        let home = ["HOME": "\(scratch.path)/home"]
        let locate = { environment in
            try Inventory.locate(
                explicit: nil, currentFolder: "\(scratch.path)/repository",
                environment: environment)
        }
        #expect(try locate(home) == own)
        #expect(
            try locate(home.merging(["XDG_CONFIG_HOME": "\(scratch.path)/config"]) { $1 }) == moved)
        #expect(try locate(home.merging(["XDG_CONFIG_HOME": "relative"]) { $1 }) == own)
        #expect(try locate(["HOME": folder]) == nil)
        #expect(try locate([:]) == nil)
    }

    @Test func `a file that is named comes first and has to be there`() throws {
        let scratch = try Scratch()
        try scratch.write("ccrun.yml", "")
        let other = try scratch.write("other.yml", "")
        let third = try scratch.write("third.yml", "")
        #expect(
            try Inventory.locate(
                explicit: "third.yml", currentFolder: scratch.path,
                environment: ["CCRUN_CONFIG": other]) == third)
        #expect(
            try Inventory.locate(
                explicit: nil, currentFolder: scratch.path, environment: ["CCRUN_CONFIG": other])
                == other)
        let missing = #expect(throws: DeploymentsError.self) {
            try Inventory.locate(
                explicit: "none.yml", currentFolder: scratch.path, environment: [:])
        }
        #expect(missing?.code == .unreadable)
        #expect(
            missing?.message
                == "cannot read the inventory \"\(scratch.path)/none.yml\": no such file")
        #expect(missing?.hint == "--config names it")
        let folder = #expect(throws: DeploymentsError.self) {
            try Inventory.locate(
                explicit: nil, currentFolder: "/", environment: ["CCRUN_CONFIG": scratch.path])
        }
        #expect(folder?.underlying == "it is a folder")
    }
}
