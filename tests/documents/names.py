"""One invented name in each of more scripts than twenty, as lists of pupils bring them."""

NAMES = {
    "latin": "Ærlig Østerås-Åmli", "sami": "Áilu Ŋiššu Čáppaŧ", "vietnamese": "Nguyễn Thị Ánh", "yoruba": "Ẹ́bùn Ọ̀ṣọ́",
    "cyrillic": "Дмитро Їжак", "greek": "Ἀλέξιος Παππᾶς", "arabic": "ليلى الحسين", "urdu": "گڑیا ٹیپو",
    "hebrew": "נוֹעָה לֵוִי",
    "armenian": "Անուշ Գևորգյան", "georgian": "ნინო ბერიძე", "ethiopic": "ጽዮን ሃይለ", "devanagari": "लक्ष्मी क्षत्रिय",
    "bengali": "মৌসুমী চৌধুরী", "gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "gujarati": "જ્યોતિ શાહ", "tamil": "கவிதா ஸ்ரீ",
    "telugu": "శ్రీనివాస్", "kannada": "ಲಕ್ಷ್ಮೀ", "malayalam": "ശ്രീജിത്ത്", "sinhala": "ශ්‍රියා", "thai": "สมชาย ใจดี",
    "lao": "ສົມພອນ", "khmer": "សុខា", "burmese": "အောင်မြင့်", "tibetan": "བསྟན་འཛིན", "thaana": "އައިޝަތު", "syriac": "ܫܡܥܘܢ",
    "chinese": "李 小龍", "japanese": "さくら 渡邉", "korean": "김민준", "tifinagh": "ⵜⵉⵍⵍⵉ", "emoji": "Vår 🌱 📞",
}  # fmt: skip
