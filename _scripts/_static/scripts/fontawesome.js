// In place of the theme's script of this name, which draws icons that the theme's font
// draws too, and weighs more than all the rest of a page.
