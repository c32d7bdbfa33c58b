"""What a user can set: every option declared once; flags, files, the preferences dialog and the help derive from it.

`setting` is a rule's threshold (declared in the rule's own file), `option` any other choice, `options` the list of
them. `files` finds and reads lossdoctor.toml, `in_force` puts command line, project file, user's file and defaults in
order, and `user_file` writes the user's own file. Imports nothing of lossdoctor but errors, and no Qt.
"""

from lossdoctor.settings.option import Kind, Option, SettingValue
from lossdoctor.settings.setting import Setting

__all__ = ["Kind", "Option", "Setting", "SettingValue"]
