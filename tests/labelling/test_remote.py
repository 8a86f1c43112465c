from pathlib import Path

import pytest

from alutils.labelling.remote import is_remote, local_place

MOUNTS = r"""/dev/vda / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
drive /content/drive fuse.drive rw,nosuid 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb /home/ada/fast ext4 rw 0 0
//server/share /mnt/My\040share cifs rw 0 0
C: /mnt/c 9p rw 0 0
ada@far:/ /srv/far fuse.sshfs rw 0 0
/dev/sdc /media/usb fuseblk rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "remote"),
    [
        ("/content/labels", False),
        ("/content/drive/MyDrive/labels", True),
        ("/content/driven", False),
        ("/home/ada/labels", True),
        ("/home/ada/fast/labels", False),
        ("/mnt/My share/labels", True),
        ("/mnt/c/Users/ada", True),
        ("/srv/far/labels", True),
        ("/media/usb/labels", False),
        ("/tmp/labels", False),
        ("/Users/ada/Library/CloudStorage/GoogleDrive-ada/labels", True),
        ("/Users/ada/Library/Mobile Documents/labels", True),
        ("/var/ada/OneDrive - Work/labels", True),
        ("/var/ada/Dropbox/labels", True),
    ],
)
def test_a_folder_is_remote_if_what_it_is_mounted_from_or_its_name_says_so(
    folder, remote
):
    assert is_remote(Path(folder), MOUNTS) is remote


def test_without_a_list_of_mounts_the_name_alone_tells():
    assert is_remote(Path("/Users/ada/Dropbox/labels"), "")
    assert not is_remote(Path("/Users/ada/labels"), "")


def test_each_remote_folder_has_a_local_place_of_its_own():
    places = {local_place(Path(f"/content/drive/{name}")) for name in "abc"}
    assert len(places) == 3
    assert local_place(Path("/content/drive/a")) in places
